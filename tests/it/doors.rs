//! The Tower door wherever a layer can stand, and the extractors behind it.

use std::{
    convert::Infallible,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
    routing::{get, post},
};
use bytes::Bytes;
use hookgate::{
    Answer, Delivery, Receiver, WebhookLayer,
    axum::Event,
    providers::{GitHub, Stripe},
    testing::Op,
    tower::VerifiedBody,
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tower::{Layer, Service, ServiceBuilder, ServiceExt, limit::ConcurrencyLimitLayer};

use crate::support::{
    Bench, Effects, SECRET, ask, counting, exchange, github, request, send, serve, status, stripe, until,
    wire,
};

fn receiver(bench: &Bench) -> Receiver<Stripe> {
    bench.stripe().build().expect("a receiver")
}

#[tokio::test]
async fn it_fits_every_place_for_a_layer() {
    let bench = Bench::new();
    let layer = WebhookLayer::new(receiver(&bench));
    let handler = || post(async || StatusCode::NO_CONTENT);
    let routers = [
        Router::new().route("/hooks", handler()).layer(layer.clone()),
        Router::new().route("/hooks", handler()).route_layer(layer.clone()),
        Router::new().route("/hooks", handler().layer(layer.clone())),
        Router::new().route("/hooks", handler()).layer(ServiceBuilder::new().layer(layer.clone())),
        Router::new().route("/hooks", handler()).layer((layer.clone(), tower::layer::util::Identity::new())),
    ];
    for (place, router) in routers.iter().enumerate() {
        assert_eq!(ask(router, &stripe(&format!("evt_{place}"))).await, (204, "handled"), "place {place}");
        assert_eq!(ask(router, &stripe(&format!("evt_{place}"))).await, (200, "done"), "place {place}");
    }
}

#[tokio::test]
async fn other_routes_are_not_touched_by_a_layer_on_one() {
    let bench = Bench::new();
    let app = Router::new()
        .route("/hooks", post(async || ()).layer(WebhookLayer::new(receiver(&bench))))
        .route("/health", get(async || "fine"));
    let ask = async |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        app.clone().oneshot(request).await.expect("no error").status().as_u16()
    };
    assert_eq!(ask("GET", "/health").await, 200);
    assert_eq!(ask("GET", "/unknown").await, 404);
    assert_eq!(ask("POST", "/hooks").await, 401);
}

#[tokio::test]
async fn it_stands_on_bare_hyper() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let counted = effects.clone();
    let inner = tower::service_fn(move |request: Request<VerifiedBody>| {
        let effects = counted.clone();
        async move {
            let delivery = request.extensions().get::<Delivery>().expect("a delivery").clone();
            let body = http_body_util::BodyExt::collect(request.into_body()).await?.to_bytes();
            assert_eq!(body, *delivery.body());
            effects.run(Duration::ZERO).await;
            Ok::<_, Infallible>(Response::new(http_body_util::Full::<Bytes>::from("bare")))
        }
    });
    let service = WebhookLayer::new(receiver(&bench)).layer(inner);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.expect("a connection");
            let service = hyper_util::service::TowerToHyperService::new(service.clone());
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service),
            );
        }
    });
    let answer = exchange(address, &wire(&stripe("evt_1"))).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("bare"), "{answer}");
    let answer = exchange(address, &wire(&stripe("evt_1"))).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("content-length: 0"), "{answer}");
    assert_eq!(effects.runs(), 1);
}

/// Layers outside of the gate that answer themselves do so in its body.
#[tokio::test]
async fn layers_that_answer_themselves_stand_outside() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let counted = effects.clone();
    let inner = tower::service_fn(move |_: Request<VerifiedBody>| {
        let effects = counted.clone();
        async move {
            effects.run(Duration::from_millis(200)).await;
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }
    });
    let soon = Duration::from_millis(20);
    let service = ServiceBuilder::new()
        .layer(tower_http::cors::CorsLayer::permissive())
        .layer(tower_http::timeout::TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, soon))
        .layer(WebhookLayer::new(receiver(&bench)))
        .service(inner);
    let answer = service.clone().oneshot(request(&stripe("evt_1"))).await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::GATEWAY_TIMEOUT);
    until(|| bench.store.calls(Op::Complete) == 1).await;
    let answer = service.oneshot(request(&stripe("evt_1"))).await.expect("an answer");
    assert_eq!((answer.status(), effects.runs()), (StatusCode::OK, 1), "its handler went on");
}

#[tokio::test]
async fn errors_of_the_inner_service_pass_and_release() {
    let bench = Bench::new();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = runs.clone();
    let inner = tower::service_fn(move |_: Request<VerifiedBody>| {
        let run = counted.fetch_add(1, SeqCst);
        async move { if run == 0 { Err("broken") } else { Ok(Response::new(Body::empty())) } }
    });
    let service = WebhookLayer::new(receiver(&bench)).layer(inner);
    let send = || service.clone().oneshot(request(&stripe("evt_1")));
    assert_eq!(send().await.map(|response| response.status()), Err("broken"));
    assert_eq!(send().await.map(|response| response.status()), Ok(StatusCode::OK));
    assert_eq!(send().await.map(|response| response.status()), Ok(StatusCode::OK));
    assert_eq!(runs.load(SeqCst), 2);
}

/// A service that panics when it is called without having been polled ready.
struct Ready {
    ready: bool,
    polls: Arc<AtomicUsize>,
}

impl Clone for Ready {
    /// A clone is not ready because its original was.
    fn clone(&self) -> Self {
        Self { ready: false, polls: self.polls.clone() }
    }
}

impl Service<Request<VerifiedBody>> for Ready {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.polls.fetch_add(1, SeqCst).is_multiple_of(2) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<VerifiedBody>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "called without being ready");
        std::future::ready(Ok(Response::new(Body::empty())))
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_the_one_called() {
    let bench = Bench::new();
    let mut service =
        WebhookLayer::new(receiver(&bench)).layer(Ready { ready: false, polls: Arc::default() });
    for round in 0..10 {
        let ready = ServiceExt::<Request<Body>>::ready(&mut service).await.expect("no error");
        let response = ready.call(request(&stripe(&format!("evt_{round}")))).await.expect("no error");
        assert_eq!(response.status(), 200);
        // What is refused calls nothing, and leaves the next one in order.
        let ready = ServiceExt::<Request<Body>>::ready(&mut service).await.expect("no error");
        assert_eq!(ready.call(Request::new(Body::empty())).await.expect("no error").status(), 405);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_concurrency_limit_inside_is_kept() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let counted = effects.clone();
    let inner = ServiceBuilder::new().layer(ConcurrencyLimitLayer::new(2)).service(tower::service_fn(
        move |_: Request<VerifiedBody>| {
            let effects = counted.clone();
            async move {
                effects.run(Duration::from_millis(5)).await;
                Ok::<_, Infallible>(Response::new(Body::empty()))
            }
        },
    ));
    let service = WebhookLayer::new(receiver(&bench)).layer(inner);
    let mut tasks = tokio::task::JoinSet::new();
    for id in 0..40 {
        let service = service.clone();
        tasks.spawn(async move { service.oneshot(request(&stripe(&format!("evt_{id}")))).await });
    }
    while let Some(response) = tasks.join_next().await {
        assert_eq!(response.expect("no panic").expect("no error").status(), 200);
    }
    assert_eq!(effects.runs(), 40);
    assert!(effects.most_at_once() <= 2);
}

#[tokio::test]
async fn a_body_that_is_not_sync_and_not_bytes_will_do() {
    struct Odd(Option<std::collections::VecDeque<u8>>, std::cell::Cell<u8>);

    impl http_body::Body for Odd {
        type Data = std::collections::VecDeque<u8>;
        type Error = std::io::Error;

        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Self::Data>, std::io::Error>>> {
            self.1.set(1);
            Poll::Ready(self.0.take().map(|data| Ok(http_body::Frame::data(data))))
        }
    }

    let bench = Bench::new();
    let inner =
        tower::service_fn(async |_: Request<VerifiedBody>| Ok::<_, Infallible>(Response::new(Body::empty())));
    let service = WebhookLayer::new(receiver(&bench)).layer(inner);
    let signed = stripe("evt_1");
    let (parts, _) = request(&signed).into_parts();
    let body = Odd(Some(signed.body().iter().copied().collect()), Default::default());
    let answered = pin!(service.oneshot(Request::from_parts(parts, body))).await.expect("no error");
    assert_eq!(answered.status(), 200);
}

#[derive(Deserialize)]
struct Paid {
    #[serde(rename = "type")]
    kind: String,
}

#[tokio::test]
async fn extractors_come_in_any_order_and_beside_axums() {
    let bench = Bench::new();
    let handle = async |delivery: Delivery, Event(paid): Event<Paid>, bytes: Bytes| {
        assert_eq!(paid.kind, "invoice.paid");
        assert_eq!(bytes, *delivery.body());
        assert_eq!(delivery.attempt(), Some(1));
        assert_eq!((delivery.provider(), delivery.key_index()), ("stripe", 0));
        StatusCode::CREATED
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver(&bench)));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (201, "handled"));
}

/// LIF-13: what a handler leaves unread of its body changes nothing, and every reader gets the verified bytes
/// from their beginning.
#[tokio::test]
async fn a_handler_may_read_its_body_in_part_or_not_at_all() {
    use http_body_util::BodyExt;

    let (bench, effects) = (Bench::new(), Effects::default());
    let counted = effects.clone();
    let inner = tower::service_fn(move |request: Request<VerifiedBody>| {
        let effects = counted.clone();
        async move {
            let run = effects.run(Duration::ZERO).await;
            let delivery = request.extensions().get::<Delivery>().expect("a delivery").clone();
            let mut body = request.into_body();
            assert_eq!(http_body::Body::size_hint(&body).exact(), Some(delivery.body().len() as u64));
            match run {
                1 => {}
                2 => {
                    let first = body.frame().await.expect("a frame")?.into_data().expect("data");
                    assert!(!first.is_empty() && delivery.body().starts_with(&first));
                }
                _ => assert_eq!(body.collect().await?.to_bytes(), *delivery.body()),
            }
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }
    });
    let service = WebhookLayer::new(receiver(&bench)).layer(inner);
    for id in ["evt_1", "evt_2", "evt_3"] {
        for _ in 0..2 {
            let response = service.clone().oneshot(request(&stripe(id))).await.expect("no error");
            assert_eq!(response.status(), 200, "{id}");
        }
    }
    assert_eq!(effects.runs(), 3, "each is done, however little was read");
}

#[tokio::test]
async fn an_extractor_without_the_layer_fails_closed() {
    let ran = Arc::new(AtomicBool::new(false));
    let seen = ran.clone();
    let app = Router::new()
        .route("/a", post(async |_: Delivery| ()))
        .route("/b", post(async |_: Event<Paid>| ()))
        .route("/c", post(async |_: hookgate::Cancellation| ()))
        .route("/d", post(async move |_: Delivery| seen.store(true, SeqCst)));
    for path in ["/a", "/b", "/c", "/d"] {
        let request = Request::post(path).body(Body::empty()).expect("a request");
        assert_eq!(app.clone().oneshot(request).await.expect("no error").status(), 500, "{path}");
    }
    assert!(!ran.load(SeqCst));
}

#[tokio::test]
async fn the_reason_travels_outwards() {
    let bench = Bench::new();
    let mut forged = stripe("evt_1");
    forged.headers_mut().clear();
    let response = send(&counting(&receiver(&bench), &Effects::default(), Duration::ZERO), &forged).await;
    let answer = response.extensions().get::<Answer>().expect("an answer");
    assert_eq!((answer.status(), answer.why()), (401, "signature_missing"));
}

#[tokio::test]
async fn two_providers_and_two_secrets_on_one_app_do_not_mix() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let layer = |name: &str, secret: &str| {
        let receiver = Receiver::<Stripe>::builder().secret(secret).name(name).clock(bench.clock.clone());
        WebhookLayer::new(receiver.store(bench.store.clone()).build().expect("a receiver"))
    };
    let handler = || {
        let effects = effects.clone();
        post(async move || {
            effects.run(Duration::ZERO).await;
        })
    };
    let github_layer = WebhookLayer::new(bench.github().build().expect("a receiver"));
    let app = Router::new()
        .route("/a", handler().layer(layer("a", SECRET)))
        .route("/b", handler().layer(layer("b", "whsec_another_0123456789abcdef012345678")))
        .route("/github", handler().layer(github_layer));
    let to = async |path: &str, signed: &hookgate::testing::SignedRequest| {
        let (mut parts, body) = request(signed).into_parts();
        parts.uri = path.parse().expect("a path");
        app.clone().oneshot(Request::from_parts(parts, body)).await.expect("no error").status().as_u16()
    };
    assert_eq!(to("/a", &stripe("evt_1")).await, 200);
    assert_eq!(to("/b", &stripe("evt_1")).await, 401);
    assert_eq!(to("/github", &stripe("evt_1")).await, 401);
    assert_eq!(to("/github", &github("guid", "{}")).await, 200);
    assert_eq!(to("/a", &github("guid", "{}")).await, 401);
    assert_eq!(effects.runs(), 2);
    let _: Option<Receiver<GitHub>> = None;
}

#[tokio::test]
async fn pipelined_requests_are_verified_each_on_its_own() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let address = serve(counting(&receiver(&bench), &effects, Duration::ZERO)).await;
    let genuine =
        String::from_utf8(wire(&stripe("evt_1"))).expect("text").replace("connection: close\r\n", "");
    let mut forged = stripe("evt_2");
    forged.headers_mut()[0].1 = stripe("evt_1").headers()[0].1.clone();
    let both = [genuine.into_bytes(), wire(&forged)].concat();
    let answers = exchange(address, &both).await;
    let second = answers[12..].find("HTTP/1.1").map(|at| &answers[at + 12..]).expect("two answers");
    assert_eq!((status(&answers), status(second)), (204, 401));
    until(|| effects.runs() == 1).await;
}
