//! Bodies of every kind, over real sockets.

use std::{net::SocketAddr, time::Duration};

use axum::http::StatusCode;
use hookgate::{
    Receiver,
    axum::Delivery,
    providers::{GitHub, Stripe},
    receiver::BodyRoom,
    testing::Signer,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    Bench, Effects, NOW, SECRET, app, counting, exchange, serve, status, stripe, until, wire, wire_head,
};

const SOON: Duration = Duration::ZERO;

fn github(body: impl Into<bytes::Bytes>) -> hookgate::testing::SignedRequest {
    Signer::new::<GitHub>(SECRET).event_type("push").target("/hooks").sign(body).expect("a delivery")
}

fn chunked(signed: &hookgate::testing::SignedRequest, size: usize) -> Vec<u8> {
    let mut wire = wire_head(signed);
    wire.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
    for chunk in signed.body().chunks(size) {
        wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        wire.extend_from_slice(chunk);
        wire.extend_from_slice(b"\r\n");
    }
    wire.extend_from_slice(b"0\r\n\r\n");
    wire
}

#[tokio::test]
async fn chunked_empty_and_binary_bodies_are_bodies() {
    let bench = Bench::new();
    let receiver = bench.github().build().expect("a receiver");
    let address = serve(app(&receiver, async |delivery: Delivery| delivery.body().clone())).await;
    let bodies: [&[u8]; 4] = [br#"{"ref":"refs/heads/main"}"#, b"", b"\xff\x00\xfe", b"Hello, World!"];
    for (number, body) in bodies.into_iter().enumerate() {
        let mut signed = github(body);
        signed.headers_mut().retain(|(name, _)| name != "x-github-delivery");
        let whole = exchange_bytes(address, &wire(&signed)).await;
        assert!(whole.starts_with(b"HTTP/1.1 200"), "body {number}");
        assert!(whole.ends_with(body), "body {number} is handed on as it came");
        for size in [1, 5, 1000] {
            let answer = exchange(address, &chunked(&signed, size)).await;
            assert_eq!(status(&answer), 200, "body {number} again, in chunks of {size}: {answer}");
        }
        let mut other = body.to_vec();
        other.push(b'x');
        let mut forged = github(other);
        forged.headers_mut().clone_from(&signed.headers().to_vec());
        assert_eq!(status(&exchange(address, &chunked(&forged, 3)).await), 401, "body {number} and a byte");
    }
}

async fn exchange_bytes(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.write_all(bytes).await.expect("sent");
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn a_large_body_in_many_chunks_is_handed_on_whole() {
    let bench = Bench::new();
    let receiver = bench.github().build().expect("a receiver");
    let body: Vec<u8> = (0..1024 * 1024).map(|at: u32| (at % 251) as u8).collect();
    let sum: usize = body.iter().map(|byte| usize::from(*byte)).sum();
    let address = serve(app(&receiver, move |delivery: Delivery| async move {
        let total: usize = delivery.body().iter().map(|byte| usize::from(*byte)).sum();
        if total == sum { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
    }))
    .await;
    assert_eq!(status(&exchange(address, &chunked(&github(body), 65_536)).await), 200);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_delivery() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let address = serve(counting(&receiver, &effects, SOON)).await;
    let signed = stripe("evt_1");
    for whole in [wire(&signed), chunked(&signed, 10)] {
        let mut socket = TcpStream::connect(address).await.expect("a connection");
        socket.write_all(&whole[..whole.len() - 12]).await.expect("sent");
        socket.shutdown().await.expect("shut down");
        let mut answer = String::new();
        let _ = socket.read_to_string(&mut answer).await;
        assert!(answer.is_empty() || status(&answer) == 400, "{answer}");
    }
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
    assert_eq!(status(&exchange(address, &wire(&signed)).await), 204, "and the genuine one is handled");
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_however_it_comes() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.github().body_limit(1000).build().expect("a receiver");
    let address = serve(counting(&receiver, &effects, SOON)).await;
    let (fits, over) = (github(vec![b'x'; 1000]), github(vec![b'x'; 1001]));
    assert_eq!(status(&exchange(address, &wire(&over)).await), 413);
    assert_eq!(status(&exchange(address, &chunked(&over, 100)).await), 413);
    // Announced only: refused before a byte of it is read.
    let mut announced = wire_head(&over);
    announced.extend_from_slice(b"content-length: 10737418240\r\n\r\n");
    assert_eq!(status(&exchange(address, &announced).await), 413);
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
    assert_eq!(status(&exchange(address, &chunked(&fits, 100)).await), 204);
    let mut announced = github(vec![b'y'; 1000]);
    announced.headers_mut().retain(|(name, _)| name != "x-github-delivery");
    assert_eq!(status(&exchange(address, &wire(&announced)).await), 204);
}

#[tokio::test]
async fn what_is_unsigned_is_refused_before_its_body_is_read() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let address = serve(counting(&bench.stripe().build().expect("a receiver"), &effects, SOON)).await;
    let head = "POST /hooks HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n";
    let answer = exchange(address, head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "no 100 Continue came first: {answer}");
}

#[tokio::test]
async fn a_trickled_body_ends_at_the_total_deadline() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().body_deadline(Duration::from_millis(300)).build().expect("a receiver");
    let address = serve(counting(&receiver, &effects, SOON)).await;
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    let mut head = wire_head(&stripe("evt_1"));
    head.extend_from_slice(b"content-length: 1000000\r\n\r\n");
    socket.write_all(&head).await.expect("sent");
    let (mut from, mut to) = socket.into_split();
    let trickle = tokio::spawn(async move {
        // An idle time-out would be reset by each of these.
        while to.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let mut answer = String::new();
    let _ = from.read_to_string(&mut answer).await;
    trickle.abort();
    assert_eq!(status(&answer), 408, "{answer}");
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
}

/// HTTP-09: as a flood of empty frames of HTTP/2 would come.
#[tokio::test]
async fn endless_empty_chunks_end_at_the_deadline_too() {
    struct Endless;

    impl http_body::Body for Endless {
        type Data = bytes::Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
            std::task::Poll::Ready(Some(Ok(http_body::Frame::data(bytes::Bytes::new()))))
        }
    }

    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().body_deadline(Duration::from_millis(50)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    let (parts, _) = crate::support::request(&stripe("evt_1")).into_parts();
    let request = axum::http::Request::from_parts(parts, axum::body::Body::new(Endless));
    let response = tower::ServiceExt::oneshot(app, request).await.expect("no error");
    assert_eq!(response.status(), 408);
}

#[tokio::test]
async fn a_body_that_arrives_late_is_stale() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let address = serve(counting(&bench.stripe().build().expect("a receiver"), &effects, SOON)).await;
    let bytes = wire(&stripe("evt_1"));
    let (first, last) = bytes.split_at(bytes.len() - 5);
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.write_all(first).await.expect("sent");
    tokio::time::sleep(Duration::from_millis(50)).await;
    bench.clock.advance(Duration::from_secs(600));
    socket.write_all(last).await.expect("sent");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("an answer");
    assert_eq!(status(&answer), 401);
}

/// A stranger's connection: a head that may be genuine, and so many bytes of a body that never ends.
async fn stalled(address: SocketAddr, bytes: usize) -> TcpStream {
    let mut held = TcpStream::connect(address).await.expect("a connection");
    let mut head = wire_head(&stripe("evt_1"));
    head.extend_from_slice(b"content-length: 5000\r\n\r\n");
    head.extend_from_slice(&vec![b'x'; bytes]);
    held.write_all(&head).await.expect("sent");
    held
}

async fn answer(mut socket: TcpStream) -> String {
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test]
async fn strangers_share_one_room_and_give_it_back() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let room = BodyRoom::new(3000);
    let receiver = bench.stripe().body_room(room.clone()).build().expect("a receiver");
    let address = serve(counting(&receiver, &effects, SOON)).await;
    let held = stalled(address, 2990).await;
    until(|| room.held() == 2990).await;
    // More than there is, whoever gives way.
    let large = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign("x".repeat(3001));
    let refused = exchange(address, &wire(&large.expect("a delivery"))).await;
    assert_eq!(status(&refused), 503);
    assert!(refused.contains("retry-after: "), "{refused}");
    assert_eq!(room.held(), 2990, "and nobody had to");
    drop(held);
    until(|| room.held() == 0).await;
    assert_eq!(status(&exchange(address, &wire(&stripe("evt_2"))).await), 204);
    assert_eq!((room.held(), effects.runs()), (0, 1));
}

/// RES-14: whoever stalls does not keep honest deliveries out, and no more is held than there is room for.
#[tokio::test]
async fn the_longest_stalled_give_way_to_the_honest() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let room = BodyRoom::new(3000);
    let receiver = bench.stripe().body_room(room.clone()).build().expect("a receiver");
    let address = serve(counting(&receiver, &effects, SOON)).await;
    let mut held = Vec::new();
    for stranger in 1..=3 {
        held.push(stalled(address, 990).await);
        until(|| room.held() == stranger * 990).await;
    }
    for event in 0..20 {
        assert_eq!(status(&exchange(address, &wire(&stripe(&format!("evt_{event}")))).await), 204);
        assert!(room.held() <= 3000);
    }
    let gone = answer(held.remove(0)).await;
    assert_eq!(status(&gone), 503);
    assert!(gone.contains("retry-after: "), "{gone}");
    // The two others still hold theirs: one had to go, not all.
    assert_eq!((room.held(), effects.runs()), (1980, 20));
    // Strangers push each other out, too, the oldest first.
    held.push(stalled(address, 2000).await);
    assert_eq!(status(&answer(held.remove(0)).await), 503);
    until(|| room.held() == 2990).await;
    drop(held);
    until(|| room.held() == 0).await;
}

#[tokio::test]
async fn a_content_encoding_is_refused_unless_asked_for() {
    let bench = Bench::new();
    let gzip = b"\x1f\x8b\x08\x00 not really gzip, and never inflated here";
    let sign = || {
        Signer::new::<GitHub>(SECRET)
            .target("/hooks")
            .header("content-encoding", "gzip")
            .sign(&gzip[..])
            .expect("a delivery")
    };
    let strict = serve(app(&bench.github().build().expect("a receiver"), async |_: Delivery| ())).await;
    assert_eq!(status(&exchange(strict, &wire(&sign())).await), 415);
    let lax = bench.github().allow_content_encoding().build().expect("a receiver");
    let lax = serve(app(&lax, async |delivery: Delivery| delivery.body().clone())).await;
    let answer = exchange_bytes(lax, &wire(&sign())).await;
    assert!(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(gzip));
    let mut identity = github("{}");
    identity.headers_mut().push(("content-encoding".to_owned(), "Identity".to_owned()));
    assert_eq!(status(&exchange(strict, &wire(&identity)).await), 200);
}

/// What is compressed is not looked into: a retry would be another event, and nothing would have the type asked for.
#[test]
fn compressed_bodies_are_refused_at_build_where_they_are_looked_into() {
    use hookgate::providers::{Figma, GoCardless, Linear, MailgunForm, Shopify, StandardWebhooks};
    fn builds<P: hookgate::Provider>(
        set: impl FnOnce(hookgate::ReceiverBuilder<P>) -> hookgate::ReceiverBuilder<P>,
    ) -> bool {
        let builder = Receiver::<P>::builder().secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let builder = builder.allow_content_encoding();
        match set(builder).build() {
            Ok(_) => true,
            Err(hookgate::ConfigError::Contradiction { .. }) => false,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(!builds::<Stripe>(|builder| builder));
    assert!(builds::<Stripe>(|builder| builder.verify_only()));
    assert!(!builds::<Stripe>(|builder| builder.verify_only().only(|_| true)));
    assert!(!builds::<GoCardless>(|builder| builder), "a list");
    assert!(builds::<GoCardless>(|builder| builder.verify_only()));
    assert!(builds::<GitHub>(|builder| builder.only(|_| true)), "both in the head");
    assert!(builds::<StandardWebhooks>(|builder| builder));
    assert!(!builds::<StandardWebhooks>(|builder| builder.only(|_| true)));
    assert!(!builds::<MailgunForm>(|builder| builder.verify_only()), "the signature");
    assert!(!builds::<Linear>(|builder| builder.verify_only()), "the time");
    assert!(!builds::<Figma>(|builder| builder.verify_only()), "the secret");
    assert!(!builds::<Shopify>(|builder| builder.verify_only()), "what has to be JSON");
}

#[tokio::test]
async fn other_methods_are_405_and_never_pass() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver: Receiver<Stripe> = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "post"] {
        let signed =
            Signer::new::<Stripe>(SECRET).at(NOW).header("x-http-method-override", "POST").target("/hooks");
        let signed = signed.sign(r#"{"id":"evt_1"}"#).expect("a delivery");
        let (mut parts, body) = crate::support::request(&signed).into_parts();
        parts.method = method.parse().expect("a method");
        let request = axum::http::Request::from_parts(parts, body);
        let response = tower::ServiceExt::oneshot(app.clone(), request).await.expect("no error");
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.headers()["allow"], "POST");
    }
    assert_eq!(effects.runs(), 0);
}

/// hyper takes an HTTP/2 stream that was reset with `NO_ERROR` for one that ended. A token signs no body.
#[tokio::test]
async fn a_body_that_ends_before_its_length_broke_off() {
    use axum::{body::Body, http::Request};
    use hookgate::{providers::GitLabToken, receiver::Answer};
    use tower::ServiceExt as _;

    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = Receiver::<GitLabToken>::builder().secret(SECRET).store(bench.store.clone());
    let app = counting(&receiver.build().expect("a receiver"), &effects, SOON);
    let ask = async |body: &'static str| {
        let request = Request::post("/hooks").header("x-gitlab-token", SECRET);
        let request = request.header("x-gitlab-event-uuid", "1").header("content-length", 19);
        let answer = app.clone().oneshot(request.body(Body::from(body)).expect("a request")).await;
        let answer = *answer.expect("an answer").extensions().get::<Answer>().expect("the gate's");
        (answer.status(), answer.why(), effects.runs())
    };
    assert_eq!(ask(r#"{"ref":"m"#).await, (400, "body_broken", 0));
    assert_eq!(ask(r#"{"ref":"refs/main"}"#).await, (204, "", 1));
}
