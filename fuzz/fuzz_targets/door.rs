//! The Tower door, fed any frames: the handler runs where the signature is right for exactly the bytes that
//! came, gets those bytes, and every answer is one that the gate gives.

#![no_main]

use std::{
    cell::RefCell,
    collections::VecDeque,
    convert::Infallible,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use arbitrary::Arbitrary;
use bytes::Bytes;
use hookgate::{
    Answer, Delivery, Head, Provider, Receiver, Verifier, WebhookLayer,
    providers::{GitHub, StandardWebhooks, Stripe},
    testing::{ManualClock, Signer},
    tower::VerifiedBody,
};
use hookgate_fuzz::{Edit, NOW, OTHER, SECRET, Wire};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body::{Body, Frame};
use libfuzzer_sys::{Corpus, fuzz_target};
use tower::{Layer, Service, ServiceExt, service_fn};

const LIMIT: usize = 2000;

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    provider: u8,
    ours: bool,
    inline: bool,
    /// Sent once more, unchanged.
    again: bool,
    /// What the handler answers.
    status: Option<u16>,
    panics: bool,
    edits: Vec<Edit<'a>>,
    frames: Vec<Sent>,
    body: &'a [u8],
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Sent {
    /// So many of the bytes that are left.
    Data(u8),
    Empty,
    Trailers,
    Pending,
    Error,
    /// The rest never comes.
    Never,
}

#[derive(Clone)]
struct Frames {
    sent: VecDeque<Sent>,
    rest: Bytes,
    ended: bool,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(match self.sent.pop_front() {
            Some(Sent::Data(length)) => {
                let length = usize::from(length).min(self.rest.len());
                Ok(Frame::data(self.rest.split_to(length)))
            }
            Some(Sent::Empty) => Ok(Frame::data(Bytes::new())),
            Some(Sent::Trailers) => Ok(Frame::trailers(HeaderMap::new())),
            Some(Sent::Pending) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Sent::Error) => {
                self.ended = true;
                Err("the connection broke")
            }
            Some(Sent::Never) => {
                self.sent.push_front(Sent::Never);
                return Poll::Pending;
            }
            None => {
                self.ended = true;
                Ok(Frame::data(std::mem::take(&mut self.rest)))
            }
        }))
    }
}

thread_local! {
    /// Its clock moves on by itself where there is nothing left to do.
    static RUNTIME: RefCell<tokio::runtime::Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime"),
    );
}

fuzz_target!(|case: Case<'_>| -> Corpus {
    RUNTIME.with_borrow(|runtime| {
        runtime.block_on(async {
            match case.provider % 3 {
                0 => run::<Stripe>(&case).await,
                1 => run::<GitHub>(&case).await,
                _ => run::<StandardWebhooks>(&case).await,
            }
        })
    })
});

async fn run<P: Provider>(case: &Case<'_>) -> Corpus {
    let signer = Signer::new::<P>(if case.ours { SECRET } else { OTHER }).at(NOW).target("/hooks?a=1");
    // The type may have to go into the body, which may be no JSON.
    let typed = signer.clone().event_type("push").sign(case.body.to_vec());
    let signed = typed.or_else(|_| signer.sign(case.body.to_vec())).expect("signed");
    let mut wire = Wire::from(&signed);
    case.edits.iter().for_each(|edit| edit.apply(&mut wire));
    let Some(request) = request(&wire) else { return Corpus::Reject };

    // Judged a second time, without a door.
    let verifier = Verifier::builder::<P>().secret(SECRET).build().expect("a verifier");
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let head = Head::new(request.method().as_str(), target, request.headers());
    let delivery = verifier.verify(head, wire.body.clone(), NOW).ok();
    let authentic = delivery.is_some();
    let has_id = delivery.is_some_and(|delivery| delivery.id().is_some());
    // What is sent after the body is complete, a reader has no reason to wait for, and does.
    let breaks = case.frames.iter().find_map(|sent| match sent {
        Sent::Error => Some(400),
        Sent::Never => Some(408),
        _ => None,
    });
    // Two that differ say nothing.
    let lengths: std::collections::BTreeSet<&[u8]> =
        request.headers().get_all("content-length").iter().map(|length| length.as_bytes()).collect();
    let length = lengths.first().filter(|_| lengths.len() == 1).copied().unwrap_or_default();
    let length = std::str::from_utf8(length).ok().and_then(|length| length.parse::<u64>().ok());
    let told = length.is_some_and(|length| length > LIMIT as u64);
    let may_run = authentic && breaks.is_none() && !told && wire.body.len() <= LIMIT;

    let mut builder = Receiver::<P>::builder().secret(SECRET).clock(ManualClock::new(NOW)).body_limit(LIMIT);
    let store = hookgate::store::MemoryStore::builder().clock(ManualClock::new(NOW)).capacity(16).build();
    builder = builder.store(store.expect("a store"));
    let receiver = if case.inline { builder.inline() } else { builder }.build().expect("a receiver");
    let seen: Arc<Mutex<Vec<(Delivery, Bytes)>>> = Arc::default();
    let status = case.status.map_or(204, |status| 200 + status % 400);
    let panics = case.panics;
    let handler = {
        let seen = Arc::clone(&seen);
        service_fn(move |request: Request<VerifiedBody>| {
            let seen = Arc::clone(&seen);
            async move {
                let delivery = request.extensions().get::<Delivery>().cloned().expect("a delivery");
                let mut body = request.into_body();
                let mut all = Vec::new();
                while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
                    all.extend_from_slice(&frame.expect("no error").into_data().expect("data"));
                }
                seen.lock().expect("seen").push((delivery, all.into()));
                // A panic hook would end the fuzzer, so this is how one looks that has none.
                if panics {
                    std::panic::resume_unwind(Box::new("the handler fails"));
                }
                let mut response = Response::new(());
                *response.status_mut() = http::StatusCode::from_u16(status).expect("a status");
                Ok::<_, Infallible>(response)
            }
        })
    };
    let mut gate = WebhookLayer::new(receiver).layer(handler);
    let mut runs = 0;
    for round in 0..=u8::from(case.again) {
        let frames = Frames { sent: case.frames.clone().into(), rest: wire.body.clone(), ended: false };
        let asked = request.clone().map(|()| frames);
        let gate = ServiceExt::<Request<Frames>>::ready(&mut gate).await.expect("it is ready");
        let response = gate.call(asked).await.expect("no error");
        let answered = response.status().as_u16();
        let answer = response.extensions().get::<Answer>().copied().expect("an answer");
        assert_eq!(answer.status(), answered);
        let now = seen.lock().expect("seen").len();
        let ran = now - runs;
        runs = now;
        let what = || format!("{answer:?} after {ran} runs in round {round}: {wire:?}");
        if !may_run {
            assert_eq!(ran, 0, "{}", what());
            let refused = [400, 401, 405, 408, 413, 415];
            assert!(refused.contains(&answered), "{}", what());
            if authentic && !told && wire.body.len() <= LIMIT {
                assert_eq!(Some(answered), breaks, "{}", what());
            }
            continue;
        }
        // An id of another kind than the provider's is never handled.
        if answer.why() == "id_invalid" {
            assert_eq!((ran, answered, has_id), (0, 422, false), "{}", what());
            continue;
        }
        let failed = panics || !(200..300).contains(&status);
        match (round, failed) {
            (0, _) | (_, true) => {
                assert_eq!(ran, 1, "{}", what());
                assert_eq!(answered, if panics { 500 } else { status }, "{}", what());
            }
            (_, false) => {
                assert_eq!(ran, 0, "{}", what());
                assert_eq!(answered, 200, "{}", what());
            }
        }
    }
    for (delivery, body) in seen.lock().expect("seen").iter() {
        assert_eq!(delivery.body(), &wire.body);
        assert_eq!(body, &wire.body);
    }
    Corpus::Keep
}

/// The request, where HTTP can say it.
fn request(wire: &Wire) -> Option<Request<()>> {
    let mut request =
        Request::builder().method(wire.method.as_str()).uri(wire.target.as_str()).body(()).ok()?;
    for (name, value) in &wire.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request.headers_mut().append(name, HeaderValue::from_bytes(value).ok()?);
    }
    Some(request)
}
