//! What must not mix, and what stands around the gate in each framework.

use std::{
    convert::Infallible,
    net::SocketAddr,
    rc::Rc,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use actix_web::{HttpResponse, error::InternalError, web};
use axum::{
    Router,
    http::{Request, StatusCode},
    response::IntoResponse,
    routing::post,
};
use hookgate::{
    Receiver, WebhookLayer,
    actix::{Delivery, Event, EventConfig, Webhook},
    providers::{GitHub, StandardWebhooks, Stripe},
    receiver::{Answer, OnClientError, OnUndecodable},
    testing::{ManualClock, Op, SignedRequest, Signer},
    tower::VerifiedBody,
};
use tower::Layer;

use crate::{
    ALONE,
    cases::{GZIPPED, PUBLIC, WHSEC, WITH_URL, with_url},
    doors::{ALL, Door, Side, nested, serve_actix, serve_hyper, through},
    support::{NOW, SECRET, github, serve, stripe, until, wire},
    wire::{Part, exchange},
    world::{Handler, Payment, World},
};

const OTHER: &str = "whsec_another_0123456789abcdef012345678";

async fn ask(address: SocketAddr, path: &str, signed: &SignedRequest) -> (u16, String) {
    let bytes = String::from_utf8_lossy(&wire(signed)).replacen("/hooks", path, 1);
    ask_bytes(address, bytes.into_bytes()).await
}

async fn ask_bytes(address: SocketAddr, bytes: Vec<u8>) -> (u16, String) {
    let answer = exchange(address, &[Part::Bytes(bytes)]).await.pop().expect("an answer");
    (answer.status, String::from_utf8(answer.body).expect("text"))
}

/// CAN-07: the URL that was signed is the one that the sender knows.
#[tokio::test]
async fn the_url_is_the_whole_path_also_where_a_prefix_is_taken_off() {
    let _alone = ALONE.lock().await;
    for (door, side) in ALL.into_iter().flat_map(|door| [(door, Side::Outside), (door, Side::Inside)]) {
        let world = World::new();
        let receiver = world.of(WITH_URL).secret(SECRET).public_url(PUBLIC).build().expect("a receiver");
        let Some(address) = nested(door, side, &receiver, &world).await else { continue };
        // axum takes prefixes off for all that stands inside: there nothing that is genuine fits, as the
        // documentation of `public_url` says.
        let fits = (door, side) != (Door::Axum, Side::Inside);
        let expected = if fits { 200 } else { 401 };
        let whole = wire(&with_url(PUBLIC, "/api/hooks"));
        assert_eq!(ask_bytes(address, whole).await.0, expected, "{door:?} {side:?}");
        assert_eq!(world.runs(), usize::from(fits));
        for (other, host) in
            [("/hooks", PUBLIC), ("/api/hooks/", PUBLIC), ("/api/hooks", "https://evil.example")]
        {
            let forged = String::from_utf8(wire(&with_url(host, other))).expect("text");
            let forged = forged.replacen(&format!("POST {other} "), "POST /api/hooks ", 1);
            if fits {
                assert_eq!(
                    ask_bytes(address, forged.into_bytes()).await.0,
                    401,
                    "{door:?} {side:?}: {host}{other}"
                );
            }
        }
        assert_eq!(world.runs(), usize::from(fits));
    }
}

fn receivers() -> (Receiver<Stripe>, Receiver<Stripe>, Receiver<GitHub>) {
    let stripe = |secret: &str, name: &str| {
        let clock = ManualClock::new(NOW);
        Receiver::<Stripe>::builder().secret(secret).name(name).clock(clock).build().expect("a receiver")
    };
    let github = Receiver::<GitHub>::builder().secret(SECRET).build().expect("a receiver");
    (stripe(SECRET, "one"), stripe(OTHER, "two"), github)
}

/// KEY-12, KEY-13: two routes of one provider with different secrets, and a second provider with the
/// first one's.
async fn nothing_mixes(address: SocketAddr) {
    let other =
        Signer::new::<Stripe>(OTHER).at(NOW).target("/hooks").sign(r#"{"id":"evt_1"}"#).expect("signed");
    let (one, hub) = (stripe("evt_1"), github("guid-1", "{}"));
    for (path, signed, expected) in [
        ("/stripe/one", &other, 401),
        ("/stripe/two", &one, 401),
        ("/github", &one, 401),
        ("/stripe/one", &hub, 401),
        ("/stripe/one", &one, 200),
        // The same id on another route is another event.
        ("/stripe/two", &other, 200),
        ("/github", &hub, 200),
    ] {
        let (status, provider) = ask(address, path, signed).await;
        assert_eq!(status, expected, "{path}");
        if status == 200 {
            assert_eq!(provider, if path == "/github" { "github 1" } else { "stripe 1" }, "{path}: it runs");
        }
    }
}

fn who(delivery: &hookgate::Delivery) -> String {
    format!("{} {}", delivery.provider(), delivery.attempt().unwrap_or(0))
}

#[tokio::test]
async fn providers_and_secrets_do_not_mix_in_tower() {
    let _alone = ALONE.lock().await;
    let (one, two, hub) = receivers();
    let inner = tower::service_fn(async |request: Request<VerifiedBody>| {
        let delivery = request.extensions().get::<hookgate::Delivery>().expect("a delivery");
        Ok::<_, Infallible>(who(delivery).into_response())
    });
    let gates = (
        WebhookLayer::new(one).layer(inner),
        WebhookLayer::new(two).layer(inner),
        WebhookLayer::new(hub).layer(inner),
    );
    let address = serve_hyper(move |request| {
        let (one, two, hub) = gates.clone();
        async move {
            match request.uri().path() {
                "/stripe/one" => through(one, request).await,
                "/stripe/two" => through(two, request).await,
                _ => through(hub, request).await,
            }
        }
    });
    nothing_mixes(address.await).await;
}

#[tokio::test]
async fn providers_and_secrets_do_not_mix_in_axum() {
    let _alone = ALONE.lock().await;
    let (one, two, hub) = receivers();
    let handler = || post(async |delivery: hookgate::axum::Delivery| who(&delivery));
    let app = Router::new()
        .route("/stripe/one", handler().layer(WebhookLayer::new(one)))
        .route("/stripe/two", handler().layer(WebhookLayer::new(two)))
        .route("/github", handler().layer(WebhookLayer::new(hub)));
    nothing_mixes(serve(app).await).await;
}

#[tokio::test]
async fn providers_and_secrets_do_not_mix_in_actix() {
    let _alone = ALONE.lock().await;
    let (one, two, hub) = receivers();
    let address = serve_actix(move |config| {
        let handler = || web::post().to(async |delivery: Delivery| who(&delivery));
        config
            .service(web::resource("/stripe/one").wrap(Webhook::new(one.clone())).route(handler()))
            .service(web::resource("/stripe/two").wrap(Webhook::new(two.clone())).route(handler()))
            .service(web::resource("/github").wrap(Webhook::new(hub.clone())).route(handler()));
    });
    nothing_mixes(address).await;
}

/// A compressed delivery, signed as it is on the wire.
fn compressed() -> Vec<u8> {
    let signer = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id("msg_1").target("/hooks");
    let signer = signer.header("content-encoding", "gzip").header("content-type", "application/json");
    wire(&signer.sign(GZIPPED).expect("a delivery"))
}

#[derive(serde::Deserialize)]
struct WithId {
    id: String,
}

#[tokio::test]
async fn behind_actix_a_later_extractor_decompresses_what_was_verified() {
    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.standard().allow_content_encoding().build().expect("a receiver");
    let address = serve_actix(move |config| {
        // Extractors in any order, each with the whole body.
        let handle = async |json: web::Json<WithId>, delivery: Delivery| {
            assert_eq!(delivery.body(), GZIPPED);
            json.id.clone()
        };
        let gate = Webhook::new(receiver.clone());
        config.service(web::resource("/hooks").wrap(gate).route(web::post().to(handle)));
    });
    assert_eq!(ask_bytes(address, compressed()).await, (200, "evt_1".to_owned()));
}

#[tokio::test]
async fn behind_axum_a_later_layer_decompresses_what_was_verified() {
    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.standard().allow_content_encoding().build().expect("a receiver");
    let handle = async |delivery: hookgate::axum::Delivery, axum::Json(json): axum::Json<WithId>| {
        assert_eq!(delivery.body(), GZIPPED);
        json.id
    };
    let decompress = tower_http::decompression::RequestDecompressionLayer::new();
    // First the gate, then what changes the body.
    let layers = tower::ServiceBuilder::new().layer(WebhookLayer::new(receiver)).layer(decompress);
    let app = Router::new().route("/hooks", post(handle)).layer(layers);
    assert_eq!(ask_bytes(serve(app).await, compressed()).await, (200, "evt_1".to_owned()));
}

/// LIF-08, LIF-14: what stands inside of the gate sees only what is authentic, and a time-out around the
/// gate ends the request, and neither the handler nor its claim.
async fn layers_keep_their_sides(
    address: SocketAddr,
    world: &World,
    inside: &std::sync::atomic::AtomicUsize,
) {
    let mut forged = wire(&stripe("evt_1"));
    *forged.last_mut().expect("a body") = b' ';
    assert_eq!(ask_bytes(address, forged).await.0, 401);
    assert_eq!(inside.load(SeqCst), 0, "LIF-14");
    assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await.0, 504);
    assert_eq!((world.effects.runs(), world.effects.done()), (1, 0));
    assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await.0, 503, "LIF-08: it still runs");
    until(|| world.effects.done() == 1).await;
    until(|| world.store.calls(Op::Complete) == 1).await;
    assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await, (200, String::new()));
    assert_eq!((world.runs(), inside.load(SeqCst)), (1, 1));
}

const TAKES: Duration = Duration::from_millis(600);
const PATIENCE: Duration = Duration::from_millis(100);

#[tokio::test]
async fn layers_keep_their_sides_of_the_gate_in_tower() {
    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (seen, effects) = (Arc::clone(&inside), world.effects.clone());
    let handle = tower::service_fn(move |_: Request<VerifiedBody>| {
        seen.fetch_add(1, SeqCst);
        let effects = effects.clone();
        async move { Ok::<_, Infallible>(effects.run(TAKES).await.to_string().into_response()) }
    });
    let gate = WebhookLayer::new(receiver).layer(handle);
    let address = serve_hyper(move |request| {
        let gate = gate.clone();
        async move {
            let limited = tokio::time::timeout(PATIENCE, through(gate, request)).await;
            limited.unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response())
        }
    });
    layers_keep_their_sides(address.await, &world, &inside).await;
}

#[tokio::test]
async fn layers_keep_their_sides_of_the_gate_in_axum() {
    use axum::{
        extract::Request,
        middleware::{Next, from_fn},
    };

    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (seen, effects) = (Arc::clone(&inside), world.effects.clone());
    let count = from_fn(move |request: Request, next: Next| {
        seen.fetch_add(1, SeqCst);
        next.run(request)
    });
    let limit = from_fn(async |request: Request, next: Next| {
        let limited = tokio::time::timeout(PATIENCE, next.run(request)).await;
        limited.unwrap_or_else(|_| StatusCode::GATEWAY_TIMEOUT.into_response())
    });
    let handle = async move || effects.run(TAKES).await.to_string();
    // The last layer is the first to see a request.
    let app = Router::new().route("/hooks", post(handle));
    let address = serve(app.layer(count).layer(WebhookLayer::new(receiver)).layer(limit)).await;
    layers_keep_their_sides(address, &world, &inside).await;
}

#[tokio::test]
async fn layers_keep_their_sides_of_the_gate_in_actix() {
    use actix_web::{
        dev::ServiceRequest,
        error::ErrorGatewayTimeout,
        middleware::{Next, from_fn},
    };

    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let inside = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let (seen, effects) = (Arc::clone(&inside), world.effects.clone());
    let address = serve_actix(move |config| {
        let (seen, effects) = (Arc::clone(&seen), effects.clone());
        let count = from_fn(move |request: ServiceRequest, next: Next<_>| {
            seen.fetch_add(1, SeqCst);
            next.call(request)
        });
        let limit = from_fn(async |request: ServiceRequest, next: Next<_>| {
            match tokio::time::timeout(PATIENCE, next.call(request)).await {
                Ok(answered) => answered,
                Err(late) => Err(ErrorGatewayTimeout(late)),
            }
        });
        let handle = move || {
            let effects = effects.clone();
            async move {
                effects.run(TAKES).await;
                HttpResponse::Ok().finish()
            }
        };
        let resource = web::resource("/hooks").wrap(count).wrap(Webhook::new(receiver.clone())).wrap(limit);
        config.service(resource.route(web::post().to(handle)));
    });
    layers_keep_their_sides(address, &world, &inside).await;
}

#[tokio::test]
async fn actix_handlers_need_not_be_send_and_scopes_route_behind_the_gate() {
    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let runs = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    let address = serve_actix(move |config| {
        let runs = Arc::clone(&counted);
        let handle = move |delivery: Delivery, path: web::Path<String>| {
            let runs = Arc::clone(&runs);
            async move {
                let here = Rc::new(delivery);
                actix_web::rt::time::sleep(Duration::from_millis(50)).await;
                runs.fetch_add(1, SeqCst);
                format!("{} at {path}", here.provider())
            }
        };
        // A scope takes its routing apart after the gate has passed the request on.
        let routes = web::scope("/{tenant}").route("", web::post().to(handle));
        config.service(web::scope("/hooks").wrap(Webhook::new(receiver.clone())).service(routes));
    });
    assert_eq!(ask(address, "/hooks/acme", &stripe("evt_1")).await, (200, "stripe at acme".to_owned()));
    assert_eq!(ask(address, "/hooks/acme", &stripe("evt_1")).await, (200, String::new()));
    assert_eq!(runs.load(SeqCst), 1);
    // Authentic, and routed nowhere: not handled, so not remembered.
    for _ in 0..2 {
        assert_eq!(ask(address, "/hooks/acme/unknown", &stripe("evt_2")).await.0, 404);
    }
}

#[tokio::test]
async fn an_error_handler_changes_the_answer_and_not_what_becomes_of_the_event() {
    let _alone = ALONE.lock().await;
    for in_data in [false, true] {
        let world = World::new();
        let builder = world.stripe().on_undecodable(OnUndecodable::Release);
        let receiver = builder.build().expect("a receiver");
        let address = serve_actix(move |config| {
            let teapot = EventConfig::default().error_handler(|rejection, request| {
                assert_eq!((rejection.status(), request.path()), (422, "/hooks"));
                InternalError::from_response(rejection, HttpResponse::ImATeapot().body("short")).into()
            });
            let gate = Webhook::new(receiver.clone());
            let route = web::post().to(async |payment: Event<Payment>| payment.0.amount.to_string());
            let resource = web::resource("/hooks").wrap(gate).route(route);
            match in_data {
                true => config.app_data(web::Data::new(teapot)).service(resource),
                false => config.app_data(teapot).service(resource),
            };
        });
        assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await, (418, "short".to_owned()));
        let signer = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks");
        let paid = signer.sign(r#"{"id":"evt_1","amount":5}"#).expect("a delivery");
        assert_eq!(ask(address, "/hooks", &paid).await, (200, "5".to_owned()), "the next delivery may try");
    }
}

/// What reads the event as another type, such as a layer that writes it down, changes nothing of that.
#[tokio::test]
async fn an_error_handler_is_not_overruled_by_another_event_that_fits() {
    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver =
        world.stripe().on_undecodable(OnUndecodable::CompleteAsFailed).build().expect("a receiver");
    let address = serve_actix(move |config| {
        let config_of_events = EventConfig::default().error_handler(|rejection, _| {
            InternalError::from_response(rejection, HttpResponse::BadRequest().finish()).into()
        });
        let handle =
            async |_: Event<serde_json::Value>, payment: Event<Payment>| payment.0.amount.to_string();
        let resource = web::resource("/hooks").wrap(Webhook::new(receiver.clone()));
        config.app_data(config_of_events).service(resource.route(web::post().to(handle)));
    });
    assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await.0, 200, "given up");
    assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await.0, 200, "done");
}

/// A failure of which only its response says what it is.
#[derive(Debug)]
struct Failure(u16);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a failure")
    }
}

impl actix_web::ResponseError for Failure {
    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(actix_web::http::StatusCode::from_u16(self.0).expect("a status")).finish()
    }
}

#[tokio::test]
async fn a_layer_that_fails_inside_of_the_actix_gate_is_taken_by_what_it_answers() {
    use actix_web::{
        dev::{ServiceRequest, ServiceResponse},
        middleware::{Next, from_fn},
    };

    let _alone = ALONE.lock().await;
    for status in [200, 422] {
        let world = World::new();
        let builder = world.stripe().on_client_error(OnClientError::CompleteAsFailed);
        let receiver = builder.build().expect("a receiver");
        let address = serve_actix(move |config| {
            let fail = from_fn(move |_: ServiceRequest, _: Next<actix_web::body::BoxBody>| {
                std::future::ready(Err::<ServiceResponse, actix_web::Error>(Failure(status).into()))
            });
            let resource = web::resource("/hooks").wrap(fail).wrap(Webhook::new(receiver.clone()));
            config.service(resource.route(web::post().to(async || "")));
        });
        assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await.0, status);
        assert_eq!(ask(address, "/hooks", &stripe("evt_1")).await.0, 200, "{status}: it is done");
        assert_eq!(world.store.calls(Op::Complete), 1, "{status}");
    }
}

#[tokio::test]
async fn an_actix_worker_that_is_shut_down_completes_nothing_and_lets_go() {
    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (send, handle) = std::sync::mpsc::channel();
    let (served, effects) = (receiver.clone(), world.effects.clone());
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let effects = effects.clone();
                let hang = move |_: Delivery| {
                    let effects = effects.clone();
                    async move {
                        effects.run(Duration::from_secs(3600)).await;
                        ""
                    }
                };
                let gate = Webhook::new(served.clone());
                actix_web::App::new().service(web::resource("/hooks").wrap(gate).route(web::post().to(hang)))
            };
            let server = actix_web::HttpServer::new(app).workers(1).disable_signals().listen(listener);
            let server = server.expect("a socket").run();
            send.send(server.handle()).expect("sent");
            server.await.expect("no error");
        })
    });
    let bytes = wire(&stripe("evt_1"));
    let sender = tokio::spawn(async move { exchange(address, &[Part::Bytes(bytes)]).await });
    until(|| world.effects.runs() == 1).await;
    // At once, without waiting for anybody.
    handle.recv().expect("a handle").stop(false).await;
    thread.join().expect("it ended");
    sender.abort();
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(world.effects.done(), 0);
    // Nothing was completed. What was let go of may be handled at once; what was not, after its lease.
    world.clock.advance(Duration::from_secs(61));
    let world_again = Arc::clone(&world);
    let app = crate::support::counting(&receiver, &world_again.effects, Duration::ZERO);
    let next = stripe_after(61);
    assert_eq!(crate::support::ask(&app, &next).await, (204, "handled"));
}

/// The same event, signed so many seconds later.
fn stripe_after(secs: i64) -> SignedRequest {
    crate::support::stripe_at("evt_1", hookgate::UnixTime::from_secs(1_700_000_000 + secs))
}

/// Layers around the gate find its answer beside every response, a handler's own too.
#[tokio::test]
async fn the_answer_of_the_actix_gate_travels_outwards() {
    use actix_web::{
        dev::ServiceRequest,
        middleware::{Next, from_fn},
    };

    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let address = serve_actix(move |config| {
        let watch = from_fn(async move |request: ServiceRequest, next: Next<_>| {
            let mut answered = next.call(request).await?;
            let answer = *answered.response().extensions().get::<Answer>().expect("an answer");
            assert_eq!(answer.status(), answered.status().as_u16());
            let said = answer.disposition().as_str().parse().expect("a word");
            answered.headers_mut().insert("x-said".parse().expect("a name"), said);
            Ok::<_, actix_web::Error>(answered)
        });
        let resource = web::resource("/hooks").wrap(Webhook::new(receiver.clone())).wrap(watch);
        config.service(resource.route(web::post().to(async || "")));
    });
    let mut forged = stripe("evt_1");
    forged.headers_mut().clear();
    for (signed, said) in [(stripe("evt_1"), "handled"), (stripe("evt_1"), "done"), (forged, "rejected")] {
        let answer = crate::support::exchange(address, &wire(&signed)).await;
        assert!(answer.contains(&format!("x-said: {said}\r\n")), "{answer}");
    }
}

/// Some errors have one response, and have given it when they are asked again.
#[tokio::test]
async fn the_response_of_an_error_inside_of_the_actix_gate_reaches_the_sender() {
    use actix_web::{
        dev::{ServiceRequest, ServiceResponse},
        error::InternalError,
        middleware::{Next, from_fn},
    };

    let _alone = ALONE.lock().await;
    let world = World::new();
    let receiver = world.stripe().build().expect("a receiver");
    let address = serve_actix(move |config| {
        let fail = from_fn(move |_: ServiceRequest, _: Next<actix_web::body::BoxBody>| {
            let busy = HttpResponse::TooManyRequests().insert_header(("retry-after", "77")).body("busy");
            let error = InternalError::from_response("busy", busy).into();
            std::future::ready(Err::<ServiceResponse, actix_web::Error>(error))
        });
        // As the documentation says that the gate's answer is read there.
        let watch = from_fn(async move |request: ServiceRequest, next: Next<_>| {
            let answered = next.call(request).await;
            if let Err(error) = &answered {
                assert_eq!(error.error_response().status(), 429);
                assert_eq!(error.as_response_error().status_code(), 429);
                let response = error.error_response();
                assert_eq!(response.extensions().get::<Answer>().expect("an answer").status(), 429);
            }
            answered
        });
        let resource = web::resource("/hooks").wrap(fail).wrap(Webhook::new(receiver.clone())).wrap(watch);
        config.service(resource.route(web::post().to(async || "")));
    });
    let answer = crate::support::exchange(address, &wire(&stripe("evt_1"))).await;
    assert!(answer.starts_with("HTTP/1.1 429"), "{answer}");
    assert!(answer.contains("retry-after: 77") && answer.ends_with("busy"), "{answer}");
}

/// An answer tells nothing of how far the gate went, whether or not the sender keeps the connection.
#[tokio::test]
async fn refusals_are_alike_where_the_connection_is_kept() {
    let _alone = ALONE.lock().await;
    for door in ALL {
        let world = World::new();
        let address = door.serve(&world.stripe().build().expect("a receiver"), &world, Handler::Count).await;
        let mut first = None;
        for (name, forged) in crate::support::forgeries() {
            let kept = String::from_utf8(wire(&forged)).expect("text").replace("connection: close\r\n", "");
            let parts = [Part::Bytes(kept.into_bytes()), Part::Pause(20), Part::HalfClose];
            let [answer] = &exchange(address, &parts).await[..] else {
                panic!("{door:?}: {name}: one answer")
            };
            let answer = answer.clone().without_date();
            assert_eq!(answer.status, 401, "{door:?}: {name}");
            assert_eq!(&answer, first.get_or_insert(answer.clone()), "{door:?}: {name}");
        }
    }
}
