//! The catalogue of attacks, each with the outcome that it must have. `tests/attacks.json` lists them all;
//! `ledger` compares the list with the tests that name them, here and elsewhere.

mod algorithms;
mod canonical;
mod dedupe;
mod keys;
mod ledger;
mod output;
mod payload;
mod signature;
mod time;
mod tokens;

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookgate::{
    Answer, Custom, Provider, Receiver, ReceiverBuilder,
    axum::{Delivery, Event},
    providers::{GitHub, Shopify, Slack, StandardWebhooks, Stripe},
    scheme::{
        Part::{Body as Whole, Lit, Timestamp},
        Place, Scheme, header, json,
    },
    testing::{SignedRequest, Signer},
};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::support::{Bench, Effects, NOW, SECRET, app, request, tag};

/// A secret as Standard Webhooks hands it out.
pub const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const BODY: &str = r#"{"id":"evt_1","type":"invoice.paid"}"#;

/// A provider that nobody has heard of.
pub const OWN: Scheme = Scheme::hmac_sha256("own")
    .signature(header("x-own-signature").prefix("v1=").hex())
    .signs(&[Timestamp, Lit("."), Whole])
    .timestamp(header("x-own-timestamp").seconds())
    .id(json("/id"))
    .event_type(json("/type"));

/// One way of writing a signature into a header.
pub struct Family {
    pub scheme: Scheme,
    pub secret: &'static str,
    pub header: &'static str,
    /// What stands between the digest and what is before it.
    mark: Option<char>,
    pub base64: bool,
}

/// The ways of writing a signature that most providers have one of.
pub fn families() -> [Family; 6] {
    let hex = |scheme, header| Family { scheme, secret: SECRET, header, mark: Some('='), base64: false };
    [
        hex(GitHub::SCHEME, "x-hub-signature-256"),
        hex(Stripe::SCHEME, "stripe-signature"),
        hex(Slack::SCHEME, "x-slack-signature"),
        hex(OWN, "x-own-signature"),
        Family {
            scheme: StandardWebhooks::SCHEME,
            secret: WHSEC,
            header: "webhook-signature",
            mark: Some(','),
            base64: true,
        },
        Family {
            scheme: Shopify::SCHEME,
            secret: SECRET,
            header: "x-shopify-hmac-sha256",
            mark: None,
            base64: true,
        },
    ]
}

impl Family {
    pub fn name(&self) -> &'static str {
        self.scheme.name()
    }

    pub fn gate(&self) -> Gate {
        Gate::with(self.scheme, |builder| builder.secret(self.secret))
    }

    pub fn sign(&self, body: impl Into<bytes::Bytes>) -> SignedRequest {
        let signer = Signer::for_scheme(self.scheme, self.secret).at(NOW).target("/hooks");
        signer.sign(body).expect("a delivery")
    }

    /// What stands before the digest, and the digest.
    pub fn parts(&self, signed: &SignedRequest) -> (String, Vec<u8>) {
        let value = value(signed, self.header);
        // Base64 ends in the mark that hex is behind.
        let at = self.mark.map_or(0, |mark| value.find(mark).expect("a mark") + 1);
        let at = if self.base64 { at } else { value.rfind('=').expect("a mark") + 1 };
        let (before, text) = value.split_at(at);
        let digest = if self.base64 { STANDARD.decode(text).ok() } else { const_hex::decode(text).ok() };
        (before.to_owned(), digest.expect("a digest"))
    }

    /// The delivery with another text for a signature.
    pub fn with_text(&self, signed: &SignedRequest, text: &str) -> SignedRequest {
        with(signed, self.header, &format!("{}{text}", self.parts(signed).0))
    }

    /// The delivery with another digest for a signature.
    pub fn with_digest(&self, signed: &SignedRequest, digest: &[u8]) -> SignedRequest {
        let text = if self.base64 { STANDARD.encode(digest) } else { const_hex::encode(digest) };
        self.with_text(signed, &text)
    }

    pub fn unsigned(&self, signed: &SignedRequest) -> SignedRequest {
        without(signed, self.header)
    }
}

pub fn value<'a>(signed: &'a SignedRequest, name: &str) -> &'a str {
    &signed.headers().iter().find(|(known, _)| known == name).expect("a header").1
}

/// The delivery without a header.
pub fn without(signed: &SignedRequest, name: &str) -> SignedRequest {
    let mut signed = signed.clone();
    signed.headers_mut().retain(|(known, _)| known != name);
    signed
}

/// The delivery with one header replaced, or added.
pub fn with(signed: &SignedRequest, name: &str, value: &str) -> SignedRequest {
    let mut signed = without(signed, name);
    signed.headers_mut().push((name.to_owned(), value.to_owned()));
    signed
}

/// The head of a delivery around another body.
pub fn with_body(signed: &SignedRequest, body: impl Into<Body>) -> Request<Body> {
    let (head, _) = request(signed).into_parts();
    Request::from_parts(head, body.into())
}

/// A request to the one route of a gate.
pub fn post(headers: &[(&str, &[u8])], body: impl Into<Body>) -> Request<Body> {
    let builder =
        headers.iter().fold(Request::post("/hooks"), |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).expect("a request")
}

/// A receiver behind Tower's door, with a handler and a store that count.
pub struct Gate {
    pub bench: Bench,
    pub effects: Effects,
    app: Router,
}

impl Gate {
    pub fn new(scheme: Scheme) -> Self {
        Self::with(scheme, |builder| builder.secret(SECRET))
    }

    pub fn with(
        scheme: Scheme,
        build: impl FnOnce(ReceiverBuilder<Custom>) -> ReceiverBuilder<Custom>,
    ) -> Self {
        Self::handling(scheme, build, |receiver, effects| {
            app(receiver, move |_: Delivery| {
                let effects = effects.clone();
                async move {
                    effects.run(Duration::ZERO).await;
                    StatusCode::NO_CONTENT
                }
            })
        })
    }

    /// A gate whose handler wants events of the type `T`.
    pub fn typed<T: serde::de::DeserializeOwned + Send + 'static>(
        scheme: Scheme,
        build: impl FnOnce(ReceiverBuilder<Custom>) -> ReceiverBuilder<Custom>,
        seen: impl Fn(T) + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::handling(scheme, build, |receiver, effects| {
            let handle = move |Event(event): Event<T>| {
                let (effects, seen) = (effects.clone(), seen.clone());
                async move {
                    effects.run(Duration::ZERO).await;
                    seen(event);
                    StatusCode::NO_CONTENT
                }
            };
            let route = axum::routing::post(handle);
            Router::new().route("/hooks", route).layer(hookgate::WebhookLayer::new(receiver.clone()))
        })
    }

    fn handling(
        scheme: Scheme,
        build: impl FnOnce(ReceiverBuilder<Custom>) -> ReceiverBuilder<Custom>,
        app: impl FnOnce(&Receiver<Custom>, Effects) -> Router,
    ) -> Self {
        let (bench, effects) = (Bench::new(), Effects::default());
        let builder = Receiver::builder_for(scheme).clock(bench.clock.clone()).store(bench.store.clone());
        let receiver = build(builder).build().expect("a receiver");
        let app = app(&receiver, effects.clone());
        Self { bench, effects, app }
    }

    pub async fn send(&self, request: Request<Body>) -> Response<Body> {
        self.app.clone().oneshot(request).await.expect("no error")
    }

    /// The status, what became of the request, and why.
    pub async fn ask(&self, request: Request<Body>) -> (u16, &'static str, &'static str) {
        let response = self.send(request).await;
        let answer = response.extensions().get::<Answer>().expect("an answer");
        (response.status().as_u16(), answer.disposition().as_str(), answer.why())
    }

    /// The same for a signed delivery.
    pub async fn deliver(&self, signed: &SignedRequest) -> (u16, &'static str, &'static str) {
        self.ask(request(signed)).await
    }

    /// Sends what must be refused: by the one answer that all refusals are, without a run of the handler and
    /// without a word to the store. Says why it was.
    pub async fn refuses(&self, what: &str, request: Request<Body>) -> &'static str {
        let before = (self.effects.runs(), self.bench.store.all_calls());
        let response = self.send(request).await;
        let why = response.extensions().get::<Answer>().expect("an answer").why();
        let (head, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        assert_eq!(head.status, StatusCode::UNAUTHORIZED, "{what}: {why}");
        assert_eq!(head.headers, the_one_answer(), "{what}");
        assert!(body.is_empty(), "{what}");
        let after = (self.effects.runs(), self.bench.store.all_calls());
        assert_eq!(after, before, "{what}: handler runs, store calls");
        why
    }

    /// The same for a delivery that was tampered with.
    pub async fn turns_away(&self, what: &str, forged: &SignedRequest) -> &'static str {
        self.refuses(what, request(forged)).await
    }

    /// Sends what must be handled, by one run.
    pub async fn handles(&self, what: &str, request: Request<Body>) {
        let before = self.effects.runs();
        assert_eq!(self.ask(request).await, (204, "handled", ""), "{what}");
        assert_eq!(self.effects.runs(), before + 1, "{what}");
    }
}

/// The header fields of the refusal.
fn the_one_answer() -> HeaderMap {
    let no_store = (axum::http::header::CACHE_CONTROL, "no-store");
    let fields = [no_store, (axum::http::header::CONTENT_LENGTH, "0")];
    fields.into_iter().map(|(name, value)| (name, value.parse().expect("a value"))).collect()
}

/// A body that says whether anybody asked for it.
pub struct Watched(pub Arc<AtomicBool>);

impl http_body::Body for Watched {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        match self.0.swap(true, SeqCst) {
            false => Poll::Ready(Some(Ok(http_body::Frame::data(BODY.into())))),
            true => Poll::Ready(None),
        }
    }
}

/// HMAC-SHA-256 of any bytes, in hex.
pub fn mac(secret: &str, message: impl Into<bytes::Bytes>) -> String {
    tag(Scheme::hmac_sha256("mac"), Place::hex, hookgate::Secret::dangerous_short(secret), message)
}
