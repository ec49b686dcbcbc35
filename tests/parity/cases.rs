//! The table: what is sent, in which world, and what must come of it, whatever the door.
//!
//! Names that begin like `SIG-01` are those of the catalogue of attacks.

use hookgate::{
    ConfigError, Custom, Provider, ReceiverBuilder, StoreErrorKind, UnixTime,
    providers::{GitHub, Meta, Slack, StandardWebhooks, Stripe},
    receiver::{BodyRoom, DoneAnswer, OnClientError, OnReplay, OnStoreOutage, OnUndecodable, RunningAnswer},
    scheme::{Part as Signed, Scheme, header, json},
    testing::{Op, SignedRequest, Signer},
};

use crate::{
    doors::Framework,
    support::{NOW, SECRET, forgeries, github, stripe, stripe_at, wire, wire_head},
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

    /// A case in which a stranger gets nowhere: 401, no run, nothing asked of the store.
    fn stranger(name: impl Into<String>, bytes: Vec<u8>, reason: &'static str) -> Self {
        let mut case = Self::new(name, World::stripe).send(bytes, Expect::Gate(401));
        case.store = false;
        case.ends(0, &[("rejected", reason, 1)])
    }
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

const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn standard(id: &str, body: &'static str) -> SignedRequest {
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
    let mut cases = strangers();
    cases.extend(bodies());
    cases.extend(servers());
    cases.extend(duplicates());
    cases.extend(handlers());
    cases.extend(policies());
    cases.extend(challenges());
    cases.extend(outages());
    cases
}

/// Row 1 of the decision table, and what is not even that.
fn strangers() -> Vec<Case> {
    let event = || stripe("evt_1");
    let signature = event().headers()[0].1.clone();
    let reasons = [
        "signature_missing",
        "signature_repeated",
        "signature_malformed",
        "signature_malformed",
        "timestamp_missing",
        "signature_missing",
        "timestamp_malformed",
        "signature_mismatch",
        "too_many_signatures",
        "signature_too_long",
        "signature_mismatch",
        "signature_mismatch",
        "too_old",
        "from_the_future",
    ];
    let mut cases: Vec<Case> = forgeries()
        .iter()
        .zip(reasons)
        .map(|((name, forged), reason)| Case::stranger(format!("forged: {name}"), wire(forged), reason))
        .collect();
    let named = |name: &str, value: &[u8]| {
        let head = wire_head(&without(event(), "stripe-signature"));
        let length = format!("content-length: {}\r\n\r\n", event().body().len());
        [&head[..], name.as_bytes(), b": ", value, b"\r\n", length.as_bytes(), event().body()].concat()
    };
    let twice = |first: &str, second: &str| {
        let mut signed = without(event(), "stripe-signature");
        signed.headers_mut().push(("stripe-signature".to_owned(), first.to_owned()));
        signed.headers_mut().push(("stripe-signature".to_owned(), second.to_owned()));
        wire(&signed)
    };
    let wrong = format!("t=1700000000,v1={}", "0".repeat(64));
    let in_query = format!("POST /hooks?stripe-signature={signature} HTTP/1.1");
    let bare = wire(&without(event(), "stripe-signature"));
    let in_body = signed_body(format!(r#"{{"id":"evt_1","stripe-signature":"{signature}"}}"#));
    let trailer = {
        let whole = chunked(&without(event(), "stripe-signature"), &[event().body()]);
        let end = whole.len() - 2;
        [&whole[..end], b"stripe-signature: ", signature.as_bytes(), b"\r\n\r\n"].concat()
    };
    cases.extend([
        Case::stranger("SIG-01 signature header missing", bare.clone(), "signature_missing"),
        Case::stranger(
            "SIG-02 signature header empty",
            named("stripe-signature", b""),
            "signature_malformed",
        ),
        Case::stranger(
            "SIG-08 header bytes that are no text",
            named("stripe-signature", b"\xff\xfe"),
            "signature_malformed",
        ),
        Case::stranger("SIG-15 valid, then invalid", twice(&signature, &wrong), "signature_repeated"),
        Case::stranger("SIG-15 invalid, then valid", twice(&wrong, &signature), "signature_repeated"),
        Case::stranger("SIG-21 signature in the query", aimed(bare.clone(), &in_query), "signature_missing"),
        Case::stranger(
            "SIG-21 signature in a cookie",
            named("cookie", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-21 signature in the body",
            wire(&without(in_body, "stripe-signature")),
            "signature_missing",
        ),
        Case::stranger("SIG-21 signature in a trailer", trailer, "signature_missing"),
        Case::stranger(
            "SIG-22 underscores",
            named("stripe_signature", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-22 one more letter",
            named("stripe-signature2", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-22 another header",
            named("x-original-stripe-signature", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "RES-07 a signature header of 120 KB",
            named("stripe-signature", &b"v1=00,".repeat(20_000)),
            "signature_too_long",
        ),
        Case::stranger(
            "OUT-05 markup where the signature should be",
            named("stripe-signature", b"<script>alert(1)</script>"),
            "signature_malformed",
        ),
        Case::stranger(
            "an old signature under a new time",
            wire(&with(event(), "stripe-signature", &signature.replace("t=1700000000", "t=1700000100"))),
            "signature_mismatch",
        ),
        Case::stranger(
            "a body of another event",
            {
                let mut bytes = wire(&event());
                let at = bytes.len() - 20;
                bytes[at] ^= 1;
                bytes
            },
            "signature_mismatch",
        ),
        Case::new("SIG-22 a space before the colon", World::stripe)
            .send(
                named("stripe-signature ", signature.as_bytes()),
                Expect::Server { hyper: &[400], actix: &[400] },
            )
            .ends(0, &[]),
    ]);
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let bytes = aimed(wire(&event()), &format!("{method} /hooks HTTP/1.1"));
        cases.push(
            Case::new(format!("CAN-12 {method}"), World::stripe)
                .send(bytes, Expect::Gate(405))
                .ends(0, &[("rejected", "method_not_allowed", 1)]),
        );
    }
    cases.extend([
        Case::new("CAN-12 HEAD", World::stripe)
            .send(
                aimed(bare.clone(), "HEAD /hooks HTTP/1.1"),
                Expect::Server { hyper: &[405], actix: &[405] },
            )
            .ends(0, &[("rejected", "method_not_allowed", 1)]),
        Case::stranger(
            "CAN-12 a method in a header",
            wire(&with(without(event(), "stripe-signature"), "x-http-method-override", "GET")),
            "signature_missing",
        ),
        Case::new("DED-02 an id that a stranger tried to take", World::stripe)
            .send(bare, Expect::Gate(401))
            .send(wire(&event()), ok())
            .ends(1, &[("rejected", "signature_missing", 1), ("handled", "", 1)]),
        Case::new("KEY-16 a route that is not behind the gate", World::stripe)
            .send(
                aimed(wire(&event()), "POST /open HTTP/1.1"),
                Expect::Server { hyper: &[500], actix: &[500] },
            )
            .ends(0, &[]),
        Case::new("a path that nobody serves", World::stripe)
            .send(
                aimed(wire(&event()), "POST /unknown HTTP/1.1"),
                Expect::Server { hyper: &[404], actix: &[404] },
            )
            .ends(0, &[]),
    ]);
    for (name, target, spoofed) in [
        ("CAN-06 the configured URL, whatever the host header says", with_url(PUBLIC, "/hooks?a=1"), 200),
        ("CAN-06 a signature over the spoofed host", with_url("https://evil.example", "/hooks?a=1"), 401),
        ("CAN-06 a signature over another query", with_url(PUBLIC, "/hooks?a=2"), 401),
    ] {
        let signed = with(with(target, "x-forwarded-host", "evil.example"), "x-forwarded-proto", "http");
        let bytes = aimed(wire(&signed), "POST /hooks?a=1 HTTP/1.1");
        let bytes = String::from_utf8(bytes).expect("text").replace("host: localhost", "host: evil.example");
        let (expect, metric) = match spoofed {
            200 => (ok(), ("handled", "", 1)),
            _ => (Expect::Gate(401), ("rejected", "signature_mismatch", 1)),
        };
        cases.push(
            Case::new(name, |world| world.of(WITH_URL).secret(SECRET).public_url(PUBLIC))
                .send(bytes.into_bytes(), expect)
                .ends(usize::from(spoofed == 200), &[metric]),
        );
    }
    cases
}

/// How bodies arrive, and what they are.
fn bodies() -> Vec<Case> {
    let event = || stripe("evt_1");
    let encoded = |signed: SignedRequest| wire(&with(signed, "content-encoding", "gzip"));
    let limit = |world: &World| world.stripe().body_limit(100);
    let deadline = |world: &World| world.stripe().body_deadline(std::time::Duration::from_millis(150));
    let announced = |length: &str| {
        [&wire_head(&event())[..], format!("content-length: {length}\r\n\r\n{{").as_bytes()].concat()
    };
    let trickle = {
        let head = Part::Bytes(announced("1000"));
        let drops = (0..30).flat_map(|_| [Part::Bytes(b"x".to_vec()), Part::Pause(20)]);
        [head].into_iter().chain(drops).collect::<Vec<_>>()
    };
    let halves = event().body().split_at(event().body().len() / 2).0.len();
    let (first, second) = (event().body().slice(..halves), event().body().slice(halves..));
    let long = signed_body(format!(r#"{{"id":"evt_1","fill":"{}"}}"#, "x".repeat(3000)));
    let binary = signed_body(vec![0xff, 0x00, 0xfe, b'{']);
    let late_head =
        [&wire_head(&event())[..], format!("content-length: {}\r\n\r\n", event().body().len()).as_bytes()]
            .concat();
    let form = "payload=%7B%22zen%22%3A1%7D";
    let hub = |body: &'static str, kind: &str| with(github("guid-1", body), "content-type", kind);
    vec![
        Case::new("a body in chunks", World::stripe)
            .handler(Handler::Echo)
            .send(chunked(&event(), &[&first, &second]), Expect::Handler(200, event().body().to_vec()))
            .ends(1, &[("handled", "", 1)]),
        Case::new("a body of one-byte chunks", World::stripe)
            .handler(Handler::Echo)
            .send(
                chunked(&event(), &event().body().chunks(1).collect::<Vec<_>>()),
                Expect::Handler(200, event().body().to_vec()),
            )
            .ends(1, &[("handled", "", 1)]),
        Case::new("an empty body", World::stripe)
            .handler(Handler::Echo)
            .send(wire(&signed_body("")), ok())
            .send(wire(&signed_body("")), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("a body that is no text", World::stripe)
            .handler(Handler::Echo)
            .send(wire(&binary), Expect::Handler(200, binary.body().to_vec()))
            .ends(1, &[("handled", "", 1)]),
        Case::new("HTTP-05 a body that breaks off", World::stripe)
            .step(Step::Send(
                vec![Part::Bytes(announced("100")), Part::Pause(30), Part::HalfClose],
                Expect::Server { hyper: &[400], actix: &[400] },
            ))
            .ends(0, &[("rejected", "body_broken", 1)]),
        Case::new("over the limit, as announced", limit)
            .send(wire(&long), Expect::Gate(413))
            .ends(0, &[("rejected", "body_too_large", 1)]),
        Case::new("RES-05 over the limit, in chunks", limit)
            .send(chunked(&long, &long.body().chunks(40).collect::<Vec<_>>()), Expect::Gate(413))
            .ends(0, &[("rejected", "body_too_large", 1)]),
        Case::new("RES-04 10 GB announced", World::stripe)
            .send(announced("10737418240"), Expect::Gate(413))
            .ends(0, &[("rejected", "body_too_large", 1)]),
        Case::new("RES-06 the gate's own limit, where the framework has none", World::stripe)
            .send(announced(&(1024 * 1024 + 1).to_string()), Expect::Gate(413))
            .ends(0, &[("rejected", "body_too_large", 1)]),
        Case::new("RES-02 a body that stalls", deadline)
            .step(Step::Send(vec![Part::Bytes(announced("1000"))], Expect::Gate(408)))
            .ends(0, &[("rejected", "body_too_slow", 1)]),
        Case::new("RES-03 a body that trickles for ever", deadline)
            .step(Step::Send(trickle, Expect::Gate(408)))
            .ends(0, &[("rejected", "body_too_slow", 1)]),
        Case::new("TIM-11 a body that takes so long that its timestamp is stale", World::stripe)
            .step(Step::Late([&late_head[..], &first].concat(), 600, second.to_vec(), Expect::Gate(401)))
            .ends(0, &[("rejected", "too_old", 1)]),
        Case::new("RES-14 no room for more of strangers' bytes", |world| {
            world.stripe().body_room(BodyRoom::new(60))
        })
        .step(Step::Hold([&announced("58")[..], &[b'x'; 50]].concat()))
        .send(wire(&event()), busy())
        .ends(0, &[("refused", "no_room", 1)]),
        Case::new("CAN-03 a compressed body", World::stripe)
            .send(encoded(signed_body(GZIPPED)), Expect::Gate(415))
            .ends(0, &[("rejected", "content_encoding", 1)]),
        Case::new("CAN-03 a compressed body, allowed: signed as it is on the wire", |world| {
            world.stripe().allow_content_encoding()
        })
        .send(encoded(signed_body(GZIPPED)), ok())
        .ends(1, &[("handled", "", 1)]),
        Case::new("CAN-03 a compressed body, allowed: signed as it was before", |world| {
            world.stripe().allow_content_encoding()
        })
        .send(
            {
                let mut signed = signed_body(r#"{"id":"evt_1"}"#);
                signed = with(signed, "content-encoding", "gzip");
                let mut bytes = wire_head(&signed);
                bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", GZIPPED.len()).as_bytes());
                bytes.extend_from_slice(GZIPPED);
                bytes
            },
            Expect::Gate(401),
        )
        .ends(0, &[("rejected", "signature_mismatch", 1)]),
        Case::new("RES-11 a decompression bomb", World::stripe)
            .send(encoded(signed_body(vec![0x1f; 200_000])), Expect::Gate(415))
            .ends(0, &[("rejected", "content_encoding", 1)]),
        Case::new("identity is no encoding", World::stripe)
            .send(wire(&with(event(), "content-encoding", "identity")), ok())
            .ends(1, &[("handled", "", 1)]),
        Case::new("CAN-13 JSON that is called a form", World::github)
            .send(wire(&hub("{}", "application/x-www-form-urlencoded")), ok())
            .ends(1, &[("handled", "", 1)]),
        Case::new("CAN-13 a form that is called JSON", World::github)
            .send(wire(&hub(form, "application/json")), ok())
            .ends(1, &[("handled", "", 1)]),
        Case::new("PAY-01 authentic, and not what the handler wants", World::stripe)
            .handler(Handler::Typed)
            .send(wire(&signed_body("not json")), Expect::Server { hyper: &[422], actix: &[422] })
            .send(wire(&signed_body("not json")), Expect::Server { hyper: &[422], actix: &[422] })
            .send(wire(&signed_body(r#"{"id":"evt_1","amount":7}"#)), Expect::Handler(200, b"7".to_vec()))
            .ends(1, &[("undecodable", "undecodable", 2), ("handled", "", 1)]),
        Case::new("authentic, not what the handler wants, and given up", |world| {
            world.stripe().on_undecodable(OnUndecodable::CompleteAsFailed)
        })
        .handler(Handler::Typed)
        .send(wire(&event()), Expect::Gate(200))
        .send(wire(&event()), Expect::Gate(200))
        .ends(0, &[("given_up", "undecodable", 1), ("done", "", 1)]),
        Case::new("an id that is no id", World::stripe)
            .send(wire(&signed_body(r#"{"id":17}"#)), Expect::Gate(422))
            .ends(0, &[("undecodable", "id_invalid", 1)]),
    ]
}

/// What the frameworks' servers make of odd HTTP. The gate only sees what they let through, and hashes
/// exactly the bytes that the handler gets.
fn servers() -> Vec<Case> {
    let event = || stripe("evt_1");
    let head = || wire_head(&event());
    let lengths = |lengths: &[&str]| {
        let lines: String = lengths.iter().map(|length| format!("content-length: {length}\r\n")).collect();
        [&head()[..], lines.as_bytes(), b"\r\n", event().body()].concat()
    };
    let coded = |coding: &str| {
        let chunk = format!("{:x}\r\n", event().body().len());
        let line = format!("transfer-encoding: {coding}\r\n\r\n");
        [&head()[..], line.as_bytes(), chunk.as_bytes(), event().body(), b"\r\n0\r\n\r\n"].concat()
    };
    let bad = || Expect::Server { hyper: &[400], actix: &[400] };
    let server =
        |name: &str, bytes: Vec<u8>, expect: Expect| Case::new(name, World::stripe).send(bytes, expect);
    let keep = |bytes: Vec<u8>| {
        String::from_utf8(bytes).expect("text").replace("connection: close\r\n", "").into_bytes()
    };
    let forged = wire(&without(event(), "stripe-signature"));
    let both = {
        let line = b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunk = format!("{:x}\r\n", event().body().len());
        [&head()[..], line, chunk.as_bytes(), event().body(), b"\r\n0\r\n\r\n"].concat()
    };
    let many = {
        let lines: String = (0..200).map(|number| format!("x-fill-{number}: 1\r\n")).collect();
        [&head()[..], lines.as_bytes(), b"\r\n"].concat()
    };
    let huge = [&head()[..], b"x-fill: ", &vec![b'x'; 1_000_000], b"\r\n\r\n"].concat();
    let expecting = [
        &wire_head(&without(event(), "stripe-signature"))[..],
        b"expect: 100-continue\r\ncontent-length: 36\r\n\r\n",
    ]
    .concat();
    let bad_chunk = |size: &str| {
        [&head()[..], b"transfer-encoding: chunked\r\n\r\n", size.as_bytes(), b"\r\n{\r\n0\r\n\r\n"].concat()
    };
    vec![
        Case::new("HTTP-01 a length and chunks: the chunks count, or neither", World::stripe)
            .send(both, Expect::Server { hyper: &[200], actix: &[400] }),
        server("HTTP-02 two lengths", lengths(&["2", "36"]), bad()),
        server("HTTP-02 a list of lengths", lengths(&["36, 36"]), bad()),
        server("HTTP-02 a length with a sign", lengths(&["+36"]), bad()),
        server("HTTP-02 a negative length", lengths(&["-1"]), bad()),
        server("HTTP-02 a length beyond 64 bits", lengths(&["99999999999999999999999"]), bad()),
        server("HTTP-03 a coding that nobody knows", coded("xchunked"), bad()),
        server("HTTP-03 chunked, but not last", coded("chunked, identity"), bad()),
        server("HTTP-04 a chunk size beyond 64 bits", bad_chunk("fffffffffffffffff"), bad()),
        server("HTTP-04 a chunk size that is no number", bad_chunk("xyz"), bad()),
        server(
            "HTTP-06 more headers than a server takes",
            many,
            Expect::Server { hyper: &[431], actix: &[431, 400] },
        ),
        server("RES-08 a header of 1 MB", huge, Expect::Server { hyper: &[431], actix: &[431, 400] }),
        Case::new("HTTP-07 a second request in the same segment is judged by itself", World::stripe)
            .send(
                [keep(wire(&event())), forged.clone()].concat(),
                Expect::Each { hyper: &[200, 401], actix: &[200, 401] },
            )
            .ends(1, &[("handled", "", 1), ("rejected", "signature_missing", 1)]),
        Case::new("HTTP-07 and the other way round", World::stripe)
            .send(
                [keep(forged), wire(&event())].concat(),
                Expect::Each { hyper: &[401, 200], actix: &[401, 200] },
            )
            .ends(1, &[("handled", "", 1), ("rejected", "signature_missing", 1)]),
        Case::new("HTTP-08 a stranger that waits to be told to go on", World::stripe)
            .send(expecting, Expect::Each { hyper: &[401], actix: &[100, 401] })
            .ends(0, &[("rejected", "signature_missing", 1)]),
    ]
}

/// Rows 7 and 8, and what counts as the same event.
fn duplicates() -> Vec<Case> {
    let event = || wire(&stripe("evt_1"));
    let at = |secs: i64| wire(&stripe_at("evt_1", UnixTime::from_secs(1_700_000_000 + secs)));
    let renamed = |id: &str| wire(&with(github("guid-1", "{}"), "x-github-delivery", id));
    vec![
        Case::new("TIM-13 the same again, ten seconds later", World::stripe)
            .send(event(), ok())
            .step(Step::Clock(10))
            .send(event(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("a retry that is signed anew", World::stripe)
            .send(event(), ok())
            .step(Step::Clock(100))
            .send(at(100), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("the edges of the tolerance", World::stripe)
            .send(at(-300), ok())
            .send(at(300), Expect::Gate(200))
            .send(at(-301), Expect::Gate(401))
            .send(at(301), Expect::Gate(401))
            .ends(
                1,
                &[
                    ("handled", "", 1),
                    ("done", "", 1),
                    ("rejected", "too_old", 1),
                    ("rejected", "from_the_future", 1),
                ],
            ),
        Case::new("DED-03 captured bytes under another id", World::github)
            .send(renamed("guid-1"), ok())
            .send(renamed("guid-2"), Expect::Gate(200))
            .send(renamed("guid-1"), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("replayed", "", 1), ("done", "", 1)]),
        Case::new("DED-03 captured bytes under another id, refused", |world| {
            world.github().on_replay(OnReplay::Refuse)
        })
        .send(renamed("guid-1"), ok())
        .send(renamed("guid-2"), Expect::Gate(409))
        .ends(1, &[("handled", "", 1), ("replayed", "", 1)]),
        Case::new("CAN-11 a query that is not signed changes nothing", World::stripe)
            .send(event(), ok())
            .send(aimed(event(), "POST /hooks?tenant=other HTTP/1.1"), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("an id with another body", World::standard)
            .send(wire(&standard("msg_1", "{}")), ok())
            .send(wire(&standard("msg_1", "[]")), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "mismatch", 1)]),
        Case::new("an id with another body, strictly", |world| world.standard().strict_ids())
            .send(wire(&standard("msg_1", "{}")), ok())
            .send(wire(&standard("msg_1", "[]")), Expect::Gate(409))
            .ends(1, &[("handled", "", 1), ("done", "mismatch", 1)]),
        Case::new("DED-16 a memory store that was started anew has forgotten", World::stripe)
            .send(event(), ok())
            .step(Step::Restart)
            .send(event(), ok())
            .ends(2, &[("handled", "", 2)]),
        Case::new("STO-01 a hundred at once", World::stripe)
            .handler(Handler::Slow(150))
            .step(Step::Together(100, event(), &[(200, 1), (503, 99)]))
            .send(event(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 99), ("done", "", 1)]),
        Case::new("duplicates that may wait", |world| {
            world.stripe().wait_for_running(std::time::Duration::from_secs(60))
        })
        .handler(Handler::Slow(100))
        .step(Step::Together(10, event(), &[(200, 10)]))
        .ends(1, &[("handled", "", 1), ("done", "", 9)]),
        Case::new("a running duplicate, 409 where that is wanted", |world| {
            world.stripe().on_running(RunningAnswer::Conflict)
        })
        .handler(Handler::Slow(150))
        .step(Step::Together(10, event(), &[(200, 1), (409, 9)]))
        .ends(1, &[("handled", "", 1), ("running", "", 9)]),
        Case::new("the remembered status", |world| world.stripe().on_done(DoneAnswer::Remembered))
            .handler(Handler::Status(202))
            .send(event(), Expect::Handler(202, Vec::new()))
            .send(event(), Expect::Gate(202))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
    ]
}

/// Rows 9 to 12: how handlers end.
fn handlers() -> Vec<Case> {
    let event = || wire(&stripe("evt_1"));
    let mut cases = vec![
        Case::new("LIF-01 a handler that fails", World::stripe)
            .handler(Handler::FailFirst(2))
            .send(event(), Expect::Handler(500, b"failed".to_vec()))
            .send(event(), Expect::Handler(500, b"failed".to_vec()))
            .send(event(), ok())
            .send(event(), Expect::Gate(200))
            .ends(3, &[("released", "answered_5xx", 2), ("handled", "", 1), ("done", "", 1)]),
        Case::new("LIF-03 a handler that panics", World::stripe)
            .handler(Handler::PanicFirst)
            .send(event(), Expect::Gate(500))
            .send(event(), ok())
            .send(event(), Expect::Gate(200))
            .ends(2, &[("released", "panicked", 1), ("handled", "", 1), ("done", "", 1)]),
        Case::new("LIF-05 a sender that hangs up", World::stripe)
            .handler(Handler::Slow(150))
            .step(Step::HangUp(event()))
            .send(event(), busy())
            .step(Step::Idle)
            .send(event(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 1), ("done", "", 1)]),
        Case::new("LIF-06 a sender that closes its half", World::stripe)
            .handler(Handler::Slow(100))
            .step(Step::HalfClose(event(), Expect::Server { hyper: &[200, 0], actix: &[200] }))
            .step(Step::Idle)
            .send(event(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("LIF-07 a retry while the handler is slow, and after", World::stripe)
            .handler(Handler::Slow(150))
            .step(Step::HangUp(event()))
            .send(event(), busy())
            .send(event(), busy())
            .step(Step::Idle)
            .send(event(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 2), ("done", "", 1)]),
        Case::new("LIF-09 an event that always fails gets its attempts counted", |world| {
            world.stripe().classify(|_| hookgate::receiver::Settlement::Release)
        })
        .handler(Handler::Attempt)
        .send(event(), Expect::Handler(200, b"1".to_vec()))
        .send(event(), Expect::Handler(200, b"2".to_vec()))
        .send(event(), Expect::Handler(200, b"3".to_vec()))
        .ends(3, &[("released", "answered_2xx", 3)]),
        Case::new("a handler that takes too long", |world| {
            world.stripe().handler_timeout(std::time::Duration::from_millis(50))
        })
        .handler(Handler::Slow(60_000))
        .send(event(), busy())
        .send(event(), busy())
        .ends(2, &[("released", "timed_out", 2)]),
        Case::new("inline, a handler that ends", |world| world.stripe().inline())
            .handler(Handler::Slow(20))
            .send(event(), ok())
            .send(event(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
    ];
    for status in [302, 404, 408, 410, 422, 425, 429, 502] {
        let answered = ["answered_3xx", "answered_4xx", "answered_5xx"][usize::from(status / 100) - 3];
        cases.push(
            Case::new(format!("LIF-02 a handler that answers {status}"), World::stripe)
                .handler(Handler::Status(status))
                .send(event(), Expect::Handler(status, Vec::new()))
                .send(event(), Expect::Handler(status, Vec::new()))
                .ends(2, &[("released", answered, 2)]),
        );
    }
    for status in [404, 410] {
        cases.push(
            Case::new(format!("a handler that answers {status}, for good"), |world| {
                world.stripe().on_client_error(OnClientError::CompleteAsFailed)
            })
            .handler(Handler::Status(status))
            .send(event(), Expect::Handler(status, Vec::new()))
            .send(event(), Expect::Gate(200))
            .ends(1, &[("given_up", "answered_4xx", 1), ("done", "", 1)]),
        );
    }
    cases
}

/// What owners decide.
fn policies() -> Vec<Case> {
    let event = || wire(&stripe("evt_1"));
    let verify_only = |_: &World| {
        let clock = hookgate::testing::ManualClock::new(NOW);
        hookgate::Receiver::builder_for(Stripe::SCHEME).secret(SECRET).clock(clock).verify_only()
    };
    let mut only = Case::new("verified, and nothing more", verify_only)
        .send(event(), ok())
        .send(event(), ok())
        .send(wire(&without(stripe("evt_1"), "stripe-signature")), Expect::Gate(401))
        .ends(2, &[("verified", "", 2), ("rejected", "signature_missing", 1)]);
    only.store = false;
    let mut filtered = Case::new("an event of a type that is not wanted", |world| {
        world.stripe().only(|kind| kind != Some("invoice.paid"))
    })
    .send(event(), Expect::Gate(204))
    .ends(0, &[("filtered", "", 1)]);
    filtered.store = false;
    vec![
        only,
        filtered,
        Case::new("LIF-04 a hook that panics", |world| world.stripe().only(|_| panic!("the filter panics")))
            .send(event(), Expect::Gate(500))
            .ends(0, &[("refused", "panicked", 1)]),
        Case::new("two secrets during a rotation", |world| {
            world.of(GitHub::SCHEME).secret("the new one, 0123456789abcdef").secret(SECRET)
        })
        .send(wire(&github("guid-1", "{}")), ok())
        .ends(1, &[("handled", "", 1)]),
    ]
}

/// Row 4: what providers ask before they send events.
fn challenges() -> Vec<Case> {
    let meta = |world: &World| world.of(Meta::SCHEME).secret(SECRET).config("verify_token", "right");
    let slack = |body: &str| {
        let signer = Signer::new::<Slack>(SECRET).at(NOW).target("/hooks");
        wire(&signer.sign(body.to_owned()).expect("signed"))
    };
    let ask = |query: &str| {
        let head = format!("GET /hooks?hub.mode=subscribe&{query} HTTP/1.1\r\nhost: localhost\r\n");
        format!("{head}connection: close\r\n\r\n").into_bytes()
    };
    let asked = r#"{"type":"url_verification","challenge":"abc"}"#;
    let mut cases = vec![
        Case::new("OUT-09 a challenge with its verify token", meta)
            .send(ask("hub.verify_token=right&hub.challenge=17"), Expect::Challenge("17"))
            .send(ask("hub.verify_token=wrong&hub.challenge=17"), Expect::Gate(405))
            .send(ask("hub.verify_token=right&hub.challenge=%3Cb%3E"), Expect::Gate(405))
            .ends(0, &[("handshake", "", 1), ("rejected", "method_not_allowed", 2)]),
        Case::new("OUT-09 a challenge that is signed", |world| world.of(Slack::SCHEME).secret(SECRET))
            .send(slack(asked), Expect::Challenge("abc"))
            .send(wire(&without(stripe("evt_1"), "stripe-signature")), Expect::Gate(401))
            .ends(0, &[("handshake", "", 1), ("rejected", "signature_missing", 1)]),
    ];
    cases.iter_mut().for_each(|case| case.store = false);
    cases
}

/// Rows 2, 13 and 14: our own faults.
fn outages() -> Vec<Case> {
    let event = || wire(&stripe("evt_1"));
    let mut cases: Vec<Case> = [
        (StoreErrorKind::Unavailable, "store_unavailable"),
        (StoreErrorKind::TimedOut, "store_timed_out"),
        (StoreErrorKind::Full, "store_full"),
        (StoreErrorKind::Corrupt, "store_corrupt"),
    ]
    .into_iter()
    .map(|(kind, why)| {
        Case::new(format!("a claim fails: {why}"), World::stripe)
            .step(Step::Fault(Op::Claim, kind))
            .send(event(), busy())
            .step(Step::Heal(Op::Claim))
            .send(event(), ok())
            .ends(1, &[("refused", why, 1), ("handled", "", 1)])
    })
    .collect();
    cases.extend([
        Case::new("a claim fails, run unchecked", |world| {
            world.stripe().on_store_outage(OnStoreOutage::RunUnchecked)
        })
        .step(Step::Fault(Op::Claim, StoreErrorKind::Unavailable))
        .send(event(), ok())
        .send(event(), ok())
        .ends(2, &[("unchecked", "unchecked", 2)]),
        Case::new("a claim fails, fall back to memory", |world| {
            world.stripe().on_store_outage(OnStoreOutage::FallBackToMemory)
        })
        .step(Step::Fault(Op::Claim, StoreErrorKind::TimedOut))
        .send(event(), ok())
        .send(event(), Expect::Gate(200))
        .ends(1, &[("handled", "fallback", 1), ("done", "fallback", 1)]),
        Case::new("a completion fails", World::stripe)
            .step(Step::Fault(Op::Complete, StoreErrorKind::Unavailable))
            .send(event(), ok())
            .send(event(), busy())
            .step(Step::Heal(Op::Complete))
            .step(Step::Idle)
            .send(event(), Expect::Gate(200))
            .ends(1, &[("unsettled", "", 1), ("running", "", 1), ("done", "", 1)]),
    ]);
    cases
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
