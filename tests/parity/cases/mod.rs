//! The table: what is sent, in which world, and what must come of it, whatever the door.
//!
//! Names that begin like `SIG-01` are those of the catalogue of attacks.

mod bodies;
mod challenges;
mod duplicates;
mod handlers;
mod outages;
mod policies;
mod servers;
mod strangers;

use hookgate::{
    ConfigError, Custom, ReceiverBuilder, StoreErrorKind,
    providers::{StandardWebhooks, Stripe},
    scheme::{Part as Signed, Scheme, header, json},
    testing::{Op, SignedRequest, Signer},
};

use crate::{
    doors::Framework,
    support::{NOW, SECRET, stripe, wire, wire_head},
    wire::Part,
    world::{Handler, World},
};

/// What must be answered.
#[derive(Clone, Debug)]
pub enum Expect {
    /// By the handler: this status and body.
    Handler(u16, Vec<u8>),
    /// By the gate: this status, nothing in the body, `no-store`; with 503 a `Retry-After`.
    Gate(u16),
    /// By the gate, to a challenge: this text.
    Challenge(&'static str),
    /// By whoever sees it first, of each framework.
    Server { hyper: &'static [u16], actix: &'static [u16] },
    /// Several answers over one connection.
    Each { hyper: &'static [u16], actix: &'static [u16] },
}

pub enum Step {
    Send(Vec<Part>, Expect),
    /// The same from so many senders at once: how many get which status.
    Together(usize, Vec<u8>, &'static [(u16, usize)]),
    /// A sender that waits for the handler to run and then hangs up.
    HangUp(Vec<u8>),
    /// A sender that waits for the handler to run, says that it sends no more, and listens.
    HalfClose(Vec<u8>, Expect),
    /// A sender that sends this, and then nothing for the rest of the case.
    Hold(Vec<u8>),
    /// Sets the clock to so many seconds after the time of signing.
    Clock(i64),
    /// Lets so many seconds pass, for leases too.
    Pass(u64),
    /// Lets the handler that waits go on.
    GoOn,
    /// Sends a first part, lets time pass, then the rest.
    Late(Vec<u8>, i64, Vec<u8>, Expect),
    Fault(Op, StoreErrorKind),
    Heal(Op),
    /// The same receiver in a process that was started anew, with an empty store.
    Restart,
    /// Waits until no handler runs.
    Idle,
}

type Build = Box<dyn Fn(&World) -> ReceiverBuilder<Custom> + Send + Sync>;
type Metric = (&'static str, &'static str, u64);

pub struct Case {
    pub name: String,
    pub receiver: Build,
    pub handler: Handler,
    pub steps: Vec<Step>,
    /// How often the handler runs in all.
    pub runs: usize,
    /// How many requests ended how: outcome and reason, as the metric has them.
    pub metrics: Vec<Metric>,
    /// Whether anything may be asked of the store.
    pub store: bool,
    /// How many dead letters there are in all.
    pub letters: usize,
}

impl Case {
    fn new(
        name: impl Into<String>,
        receiver: impl Fn(&World) -> ReceiverBuilder<Custom> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            receiver: Box::new(receiver),
            handler: Handler::Count,
            steps: Vec::new(),
            runs: 0,
            metrics: Vec::new(),
            store: true,
            letters: 0,
        }
    }

    fn handler(mut self, handler: Handler) -> Self {
        self.handler = handler;
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn send(self, bytes: Vec<u8>, expect: Expect) -> Self {
        self.step(Step::Send(vec![Part::Bytes(bytes)], expect))
    }

    /// The end of the case: how often the handler ran, and what was counted.
    fn ends(mut self, runs: usize, metrics: &[Metric]) -> Self {
        (self.runs, self.metrics) = (runs, metrics.to_vec());
        self
    }

    fn letters(mut self, letters: usize) -> Self {
        self.letters = letters;
        self
    }

    /// The same where nothing may be asked of the store.
    fn ends_early(mut self, metrics: &[Metric]) -> Self {
        self.store = false;
        self.ends(0, metrics)
    }

    /// A case in which a stranger gets nowhere: 401, no run, nothing asked of the store.
    fn stranger(name: impl Into<String>, bytes: Vec<u8>, reason: &'static str) -> Self {
        Self::new(name, World::stripe).send(bytes, Expect::Gate(401)).ends_early(&[("rejected", reason, 1)])
    }
}

fn event() -> SignedRequest {
    stripe("evt_1")
}

fn sent() -> Vec<u8> {
    wire(&event())
}

/// A genuine head that announces so many bytes of body, and the first of them.
fn announced(length: &str) -> Vec<u8> {
    [&wire_head(&event())[..], format!("content-length: {length}\r\n\r\n{{").as_bytes()].concat()
}

fn ok() -> Expect {
    Expect::Handler(200, Vec::new())
}

fn busy() -> Expect {
    Expect::Gate(503)
}

/// With one header field replaced, or added.
fn with(mut signed: SignedRequest, name: &str, value: &str) -> SignedRequest {
    signed.headers_mut().retain(|(known, _)| known != name);
    signed.headers_mut().push((name.to_owned(), value.to_owned()));
    signed
}

fn without(mut signed: SignedRequest, name: &str) -> SignedRequest {
    signed.headers_mut().retain(|(known, _)| known != name);
    signed
}

/// The request line replaced.
fn aimed(bytes: Vec<u8>, line: &str) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == b'\r').expect("a request line");
    [line.as_bytes(), &bytes[end..]].concat()
}

fn chunked(signed: &SignedRequest, chunks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = wire_head(signed);
    bytes.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
    for chunk in chunks {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    [&bytes[..], b"0\r\n\r\n"].concat()
}

fn signed_body(body: impl Into<bytes::Bytes>) -> SignedRequest {
    Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery")
}

pub const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn standard(id: &str, body: impl Into<bytes::Bytes>) -> SignedRequest {
    let signer = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id(id).target("/hooks");
    signer.sign(body).expect("a delivery")
}

/// A scheme that signs the URL, as the receiver is configured to have it.
pub const WITH_URL: Scheme = Scheme::hmac_sha256("with-url")
    .signature(header("x-signature").hex())
    .signs(&[Signed::Url, Signed::Body])
    .id(json("/id"));

pub const PUBLIC: &str = "https://hooks.example.com";

pub fn with_url(origin: &str, target: &str) -> SignedRequest {
    let signer = Signer::for_scheme(WITH_URL, SECRET).public_url(origin).target(target);
    signer.sign(r#"{"id":"evt_1"}"#).expect("a delivery")
}

/// A body as gzip makes it; decompressed it is JSON.
pub const GZIPPED: &[u8] = &[
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xff, 0xab, 0x56, 0xca, 0x4c, 0x51, 0xb2, 0x52,
    0x4a, 0x2d, 0x2b, 0x89, 0x37, 0x54, 0xaa, 0x05, 0x00, 0x1b, 0x50, 0xba, 0x8e, 0x0e, 0x00, 0x00, 0x00,
];

pub fn all() -> Vec<Case> {
    [
        strangers::all(),
        bodies::all(),
        servers::all(),
        duplicates::all(),
        handlers::all(),
        policies::all(),
        challenges::all(),
        outages::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Expect {
    /// The statuses that may come, one of them.
    pub fn statuses(&self, framework: Framework) -> Vec<u16> {
        match self {
            Self::Handler(status, _) | Self::Gate(status) => vec![*status],
            Self::Challenge(_) => vec![200],
            Self::Server { hyper, actix } | Self::Each { hyper, actix } => match framework {
                Framework::Hyper => hyper.to_vec(),
                Framework::Actix => actix.to_vec(),
            },
        }
    }
}

/// So that a builder which cannot be built says which case it is.
pub fn build(case: &Case, world: &World) -> Result<hookgate::Receiver<Custom>, ConfigError> {
    (case.receiver)(world).build()
}
