//! Challenges of every provider that sends some: no handler runs for what is not verified, what is answered is
//! short and printable, and no text of a stranger comes back under a MAC but in the shape that is allowed.

#![no_main]

use std::{
    cell::RefCell,
    collections::BTreeMap,
    convert::Infallible,
    pin::Pin,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hookgate::{
    Answer, Custom, Head, Receiver, Secret, WebhookLayer, receiver::Disposition, testing::ManualClock,
};
use hookgate_fuzz::{Bench, NOW, SECRET, Wire, bench_of_line, benches};
use http::{HeaderName, HeaderValue, Request, Response};
use http_body::{Body, Frame};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use tower::{Layer, ServiceExt, service_fn};

/// What the challenges of some providers must say.
const CONFIG: [(&str, &str); 4] = [
    ("verify_token", "meatyhamhock"),
    ("topic", "https://example.org/feed"),
    ("public_key_id", "integration_public_key"),
    ("verify_code", "1234"),
];

static RAN: AtomicBool = AtomicBool::new(false);

struct Door {
    bench: &'static Bench,
    receiver: Receiver<Custom>,
}

fn doors() -> &'static BTreeMap<&'static str, Door> {
    static DOORS: LazyLock<BTreeMap<&'static str, Door>> = LazyLock::new(|| {
        let known = benches().iter().filter(|bench| bench.scheme.handshake().is_some());
        known.map(|bench| (bench.scheme.name(), door(bench))).collect()
    });
    &DOORS
}

/// What the scheme has a use for. The topic that is subscribed to is no topic of SNS.
fn config(scheme: &hookgate::scheme::Scheme) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = hookgate_fuzz::CONFIG.into_iter().filter(|(name, _)| *name != "topic").chain(CONFIG);
    all.filter(|(name, _)| scheme.takes_config(name))
}

fn door(bench: &'static Bench) -> Door {
    let mut builder = Receiver::builder_for(bench.scheme)
        .secret(Secret::dangerous_short(bench.key))
        .clock(ManualClock::new(NOW))
        .public_url("https://example.com")
        .verify_only()
        .secret_sink(|secret| assert_eq!(format!("{secret:?}"), "Secret(…)"));
    for (name, value) in config(&bench.scheme) {
        builder = builder.config(name, value);
    }
    Door { bench, receiver: builder.build().expect("a receiver") }
}

thread_local! {
    static RUNTIME: RefCell<tokio::runtime::Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime"),
    );
}

struct Whole(Option<Bytes>);

impl Body for Whole {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }
}

fuzz_target!(|data: &[u8]| -> Corpus {
    // One bit says whether the request is signed with the secret, as far as it can be.
    let Some((first, text)) = data.split_first() else { return Corpus::Reject };
    let (named, text) = bench_of_line(text);
    let doors = doors();
    let number = named.scheme.name().bytes().fold(0, |sum, byte| sum + usize::from(byte));
    let door = doors.get(named.scheme.name()).or_else(|| doors.values().nth(number % doors.len()));
    let door = door.expect("a door");
    let mut wire = Wire::parse(text);
    let is_signed = first & 1 == 1;
    if is_signed {
        sign(door.bench, &mut wire);
    }
    RUNTIME.with_borrow(|runtime| runtime.block_on(run(door, &wire)))
});

/// Gives the request the signature of its body, and keeps the rest of it.
fn sign(bench: &Bench, wire: &mut Wire) {
    let signer = bench.ours.clone().target(wire.target.clone());
    let Ok(signed) = signer.sign(wire.body.clone()) else { return };
    let signed = Wire::from(&signed);
    let known = |name: &str| wire.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let fields: Vec<_> = signed.headers.into_iter().filter(|(name, _)| !known(name)).collect();
    wire.headers.extend(fields);
    (wire.target, wire.body) = (signed.target, signed.body);
}

/// All that a stranger wrote.
fn texts(wire: &Wire) -> Vec<Vec<u8>> {
    fn collect(value: &Value, texts: &mut Vec<Vec<u8>>) {
        match value {
            Value::String(text) => texts.push(text.clone().into_bytes()),
            Value::Array(list) => list.iter().for_each(|value| collect(value, texts)),
            Value::Object(object) => object.values().for_each(|value| collect(value, texts)),
            _ => {}
        }
    }
    let mut texts = vec![wire.body.to_vec(), wire.target.clone().into_bytes()];
    texts.extend(wire.headers.iter().map(|(_, value)| value.clone()));
    let query = wire.target.split_once('?').map_or("", |(_, query)| query);
    texts.extend(form_urlencoded::parse(query.as_bytes()).map(|(_, value)| value.into_owned().into_bytes()));
    texts.extend(form_urlencoded::parse(&wire.body).map(|(_, value)| value.into_owned().into_bytes()));
    collect(&serde_json::from_slice(&wire.body).unwrap_or_default(), &mut texts);
    texts
}

fn may_be_signed(provider: &str, text: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match provider {
        // Its deliveries are base64.
        "braintree" => (20..=32).contains(&text.len()) && text.iter().all(hex),
        _ => (1..=128).contains(&text.len()) && text.iter().all(plain),
    }
}

async fn run(door: &Door, wire: &Wire) -> Corpus {
    let request = Request::builder().method(wire.method.as_str()).uri(wire.target.as_str());
    let Ok(mut request) = request.body(Whole(Some(wire.body.clone()))) else { return Corpus::Reject };
    for (name, value) in &wire.headers {
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(value))
        else {
            return Corpus::Reject;
        };
        request.headers_mut().append(name, value);
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let verified = {
        let head = Head::new(request.method().as_str(), &target, request.headers());
        let mut builder = hookgate::Verifier::builder_for(door.bench.scheme)
            .secret(Secret::dangerous_short(door.bench.key))
            .public_url("https://example.com");
        for (name, value) in config(&door.bench.scheme) {
            builder = builder.config(name, value);
        }
        builder.build().expect("a verifier").verify(head, wire.body.clone(), NOW).is_ok()
    };
    RAN.store(false, Ordering::SeqCst);
    let handler = service_fn(|_| async {
        RAN.store(true, Ordering::SeqCst);
        Ok::<_, Infallible>(Response::new(Whole(None)))
    });
    let gate = WebhookLayer::new(door.receiver.clone()).layer(handler);
    let response = gate.oneshot(request).await.expect("no error");
    let answer = response.extensions().get::<Answer>().copied().expect("an answer");
    let name = door.bench.scheme.name();
    let what = format!("{name}: {answer:?}: {wire:?}");
    assert!(verified || !RAN.load(Ordering::SeqCst), "handled without a signature: {what}");
    let (parts, mut body) = response.into_parts();
    let mut said = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame;
        said.extend_from_slice(&frame.into_data().expect("data"));
    }
    if answer.disposition() != Disposition::Handshake {
        assert_eq!(said, answer.body().as_bytes(), "{what}");
        return Corpus::Keep;
    }
    let said = String::from_utf8(said).unwrap_or_else(|_| panic!("no text: {what}"));
    assert!(said.len() <= 2 * 1024 + 256, "long: {said:?}: {what}");
    let harmless = said.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'<' && byte != b'>');
    assert!(harmless, "{said:?}: {what}");
    let told = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(told("cache-control"), Some("no-store"), "{what}");
    if !said.is_empty() {
        assert_eq!(told("x-content-type-options"), Some("nosniff"), "{what}");
        assert!(told("content-type").is_some_and(|kind| !kind.contains("html")), "{what}");
    }
    let fields: Vec<String> =
        parts.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect();
    let all = [vec![said], fields].concat().join("\n");
    let texts = texts(wire);
    let asked = String::from_utf8_lossy(&texts.join(&b'\n')).into_owned();
    for text in texts {
        if may_be_signed(name, &text) {
            continue;
        }
        let mut macs = Vec::new();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
        mac.update(&text);
        macs.push(mac.finalize().into_bytes().to_vec());
        for key in [SECRET.as_bytes().to_vec(), sha1_of(SECRET.as_bytes())] {
            let mut mac = Hmac::<sha1::Sha1>::new_from_slice(&key).expect("any length");
            mac.update(&text);
            macs.push(mac.finalize().into_bytes().to_vec());
        }
        for mac in macs {
            let shown = [const_hex::encode(&mac), STANDARD.encode(&mac)];
            // One that comes back as it came was made by nobody here.
            let signed = shown.iter().any(|mac| all.contains(mac) && !asked.contains(mac));
            assert!(!signed, "signed {text:?}: {what}");
        }
    }
    // Some challenges are echoed: what was asked may come back.
    assert!(!all.contains(SECRET) || asked.contains(SECRET), "the secret: {what}");
    Corpus::Keep
}

fn sha1_of(bytes: &[u8]) -> Vec<u8> {
    sha2::Digest::finalize(<sha1::Sha1 as sha2::Digest>::new_with_prefix(bytes)).to_vec()
}
