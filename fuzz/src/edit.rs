use arbitrary::Arbitrary;
use serde_json::Value;

use crate::Wire;

/// One change to a request.
#[derive(Arbitrary, Clone, Debug)]
pub enum Edit<'a> {
    /// A header field gets this value.
    Set(u8, &'a [u8]),
    /// Bytes of a header field are replaced.
    Splice {
        header: u8,
        at: u8,
        cut: u8,
        put: &'a [u8],
    },
    Flip {
        header: u8,
        at: u8,
        bit: u8,
    },
    Drop(u8),
    /// A header field comes again, with this value.
    Repeat(u8, &'a [u8]),
    /// A header field comes again, with the value of another.
    Swap(u8, u8),
    /// Bytes of the body are replaced.
    Body {
        at: u16,
        cut: u16,
        put: &'a [u8],
    },
    FlipBody {
        at: u16,
        bit: u8,
    },
    /// Bytes of path and query are replaced.
    Target {
        at: u8,
        cut: u8,
        put: &'a str,
    },
    Method(u8),
    Add(u8, &'a [u8]),
    /// Bytes of one value go to the value of another: of header fields, of path and query, of the body. From
    /// the end of one to the beginning of the other, or back.
    Move {
        from: u8,
        to: u8,
        count: u8,
        back: bool,
    },
    /// The same between texts of a JSON object.
    MoveText {
        from: u8,
        to: u8,
        count: u8,
        back: bool,
    },
}

/// Names that no signer sets and that have a meaning all the same.
const NAMES: [&str; 8] = [
    "content-encoding",
    "content-type",
    "content-length",
    "host",
    "date",
    "digest",
    "signature",
    "authorization",
];

impl Edit<'_> {
    /// Whether it leaves everything but header fields alone.
    pub fn is_of_headers(&self) -> bool {
        !matches!(
            self,
            Self::Body { .. }
                | Self::FlipBody { .. }
                | Self::Target { .. }
                | Self::Method(_)
                | Self::Move { .. }
                | Self::MoveText { .. }
        )
    }

    pub fn apply(&self, wire: &mut Wire) {
        let count = wire.headers.len();
        let pick = |at: u8| usize::from(at).checked_rem(count);
        match *self {
            Self::Set(header, value) => {
                if let Some(at) = pick(header) {
                    wire.headers[at].1 = value.to_vec();
                }
            }
            Self::Splice { header, at, cut, put } => {
                if let Some(header) = pick(header) {
                    splice(&mut wire.headers[header].1, at.into(), cut.into(), put);
                }
            }
            Self::Flip { header, at, bit } => {
                if let Some(header) = pick(header) {
                    flip(&mut wire.headers[header].1, at.into(), bit);
                }
            }
            Self::Drop(header) => {
                if let Some(at) = pick(header) {
                    wire.headers.remove(at);
                }
            }
            Self::Repeat(header, value) => {
                if let Some(at) = pick(header) {
                    let name = wire.headers[at].0.to_ascii_uppercase();
                    wire.headers.push((name, value.to_vec()));
                }
            }
            Self::Swap(header, other) => {
                if let (Some(at), Some(other)) = (pick(header), pick(other)) {
                    let field = (wire.headers[at].0.clone(), wire.headers[other].1.clone());
                    wire.headers.push(field);
                }
            }
            Self::Body { at, cut, put } => {
                let mut body = wire.body.to_vec();
                splice(&mut body, at.into(), cut.into(), put);
                wire.body = body.into();
            }
            Self::FlipBody { at, bit } => {
                let mut body = wire.body.to_vec();
                flip(&mut body, at.into(), bit);
                wire.body = body.into();
            }
            Self::Target { at, cut, put } => {
                let mut target = std::mem::take(&mut wire.target).into_bytes();
                splice(&mut target, at.into(), cut.into(), put.as_bytes());
                wire.target = String::from_utf8_lossy(&target).into_owned();
            }
            Self::Method(which) => {
                let methods = ["POST", "GET", "PUT", "HEAD", "OPTIONS", "post", ""];
                wire.method = methods[usize::from(which) % methods.len()].to_owned();
            }
            Self::Move { from, to, count, back } => {
                let mut values: Vec<Vec<u8>> = wire.headers.iter().map(|(_, value)| value.clone()).collect();
                values.push(wire.target.clone().into_bytes());
                values.push(wire.body.to_vec());
                shift(&mut values, from, to, count, back);
                wire.body = values.pop().unwrap_or_default().into();
                let target = values.pop().unwrap_or_default();
                wire.target = String::from_utf8_lossy(&target).into_owned();
                wire.headers.iter_mut().zip(values).for_each(|((_, old), value)| *old = value);
            }
            Self::MoveText { from, to, count, back } => {
                let Ok(Value::Object(mut object)) = serde_json::from_slice(&wire.body) else { return };
                let mut texts: Vec<&mut Value> =
                    object.values_mut().filter(|value| value.is_string()).collect();
                let mut values: Vec<Vec<u8>> =
                    texts.iter().filter_map(|text| Some(text.as_str()?.as_bytes().to_vec())).collect();
                shift(&mut values, from, to, count, back);
                for (text, value) in texts.iter_mut().zip(&values) {
                    **text = String::from_utf8_lossy(value).into();
                }
                wire.body = Value::Object(object).to_string().into();
            }
            Self::Add(name, value) => {
                wire.headers.push((NAMES[usize::from(name) % NAMES.len()].to_owned(), value.to_vec()));
            }
        }
    }
}

fn shift(values: &mut [Vec<u8>], from: u8, to: u8, count: u8, back: bool) {
    let pick = |at: u8| usize::from(at).checked_rem(values.len());
    let (Some(from), Some(to)) = (pick(from), pick(to)) else { return };
    let count = usize::from(count).min(values[from].len());
    if back {
        let moved: Vec<u8> = values[from].drain(..count).collect();
        values[to].extend(moved);
    } else {
        let start = values[from].len() - count;
        let moved = values[from].split_off(start);
        values[to].splice(..0, moved);
    }
}

fn splice(bytes: &mut Vec<u8>, at: usize, cut: usize, put: &[u8]) {
    let at = at % (bytes.len() + 1);
    let end = (at + cut).min(bytes.len());
    bytes.splice(at..end, put.iter().copied());
}

fn flip(bytes: &mut [u8], at: usize, bit: u8) {
    if let Some(at) = at.checked_rem(bytes.len()) {
        bytes[at] ^= 1 << (bit % 8);
    }
}
