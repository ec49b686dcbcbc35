use bytes::Bytes;
use hookgate::{Delivery, Head, Reason, UnixTime, Verifier, testing::SignedRequest};

/// A request in parts that can be changed.
#[derive(Clone)]
pub struct Wire {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Bytes,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.target)?;
        for (name, value) in &self.headers {
            write!(f, "\n{name}: {:?}", String::from_utf8_lossy(value))?;
        }
        write!(f, "\n\n{:?}", String::from_utf8_lossy(&self.body))
    }
}

impl From<&SignedRequest> for Wire {
    fn from(signed: &SignedRequest) -> Self {
        let headers = signed.headers().iter();
        Self {
            method: signed.method().to_owned(),
            target: signed.target().to_owned(),
            headers: headers.map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect(),
            body: signed.body().clone(),
        }
    }
}

impl Wire {
    /// A request as it is written: a line with method and target, header fields, an empty line, the body.
    pub fn parse(text: &[u8]) -> Self {
        let line = |text: &[u8]| -> (Vec<u8>, Vec<u8>) {
            let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
            (text[..end].to_vec(), text.get(end + 1..).unwrap_or_default().to_vec())
        };
        let (first, mut rest) = line(text);
        let first = String::from_utf8_lossy(&first).into_owned();
        let (method, target) = first.split_once(' ').unwrap_or((&first, "/"));
        let mut headers = Vec::new();
        while !rest.is_empty() {
            let (field, after) = line(&rest);
            rest = after;
            if field.is_empty() {
                break;
            }
            let at = field.windows(2).position(|window| window == b": ").unwrap_or(field.len());
            let value = field.get(at + 2..).unwrap_or_default().to_vec();
            headers.push((String::from_utf8_lossy(&field[..at]).into_owned(), value));
        }
        Self { method: method.to_owned(), target: target.to_owned(), headers, body: rest.into() }
    }

    pub fn head(&self) -> Head<'_> {
        Head::new(&self.method, &self.target, &self.headers)
    }

    pub fn verify(&self, verifier: &Verifier, now: UnixTime) -> Result<Delivery, Reason> {
        verifier.verify(self.head(), self.body.clone(), now).map_err(|error| error.reason())
    }

    /// The same, with the body in chunks of these lengths.
    pub fn verify_in_chunks(
        &self,
        verifier: &Verifier,
        now: UnixTime,
        lengths: &[u8],
    ) -> Result<Delivery, Reason> {
        let mut verification = verifier.begin(self.head(), now).map_err(|error| error.reason())?;
        let mut rest = self.body.clone();
        for length in lengths {
            let chunk = rest.split_to(usize::from(*length).min(rest.len()));
            verification.update(chunk);
        }
        verification.update(rest);
        assert_eq!(verification.len(), self.body.len(), "it keeps what it was given");
        verification.finish(now).map_err(|error| error.reason())
    }
}
