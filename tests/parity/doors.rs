//! The doors, each served on a real socket by one driver.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
    response::IntoResponse,
    routing::{any, post},
};
use bytes::Bytes;
use hookgate::{
    Custom, Delivery, Event, Receiver, WebhookLayer,
    actix::Webhook,
    receiver::{EventRejection, Undecodable},
    tower::VerifiedBody,
};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde::de::IgnoredAny;
use tokio::net::TcpListener;
use tower::{Layer, Service};

use crate::world::{Handler, Payment, World};

/// A door that tests go through. To add one, add its driver to [`ALL`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Door {
    Tower,
    Axum,
    Actix,
}

/// The server below the door, which sees requests first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Framework {
    Hyper,
    Actix,
}

pub const ALL: [Door; 3] = [Door::Tower, Door::Axum, Door::Actix];

impl Door {
    pub fn framework(self) -> Framework {
        match self {
            Self::Tower | Self::Axum => Framework::Hyper,
            Self::Actix => Framework::Actix,
        }
    }

    /// Serves `/hooks`, all methods, with this handler behind this receiver, and `/open` with the same
    /// handler and no gate.
    pub async fn serve(
        self,
        receiver: &Receiver<Custom>,
        world: &Arc<World>,
        handler: Handler,
    ) -> SocketAddr {
        match self {
            Self::Tower => tower(receiver.clone(), Arc::clone(world), handler).await,
            Self::Axum => serve_axum(axum_app(receiver.clone(), Arc::clone(world), handler)).await,
            Self::Actix => actix(receiver.clone(), Arc::clone(world), handler).await,
        }
    }
}

async fn tower(receiver: Receiver<Custom>, world: Arc<World>, handler: Handler) -> SocketAddr {
    let inner = tower::service_fn(move |request: Request<VerifiedBody>| {
        let world = Arc::clone(&world);
        async move {
            let Some(delivery) = request.extensions().get::<Delivery>().cloned() else {
                return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
            };
            let otherwise = match handler {
                Handler::Typed => Some(422),
                Handler::Lenient(status) | Handler::Marked(status) => Some(status),
                Handler::SecondChoice | Handler::FirstChoice => Some(404),
                _ => None,
            };
            if let Some(otherwise) = otherwise {
                return Ok::<_, Infallible>(match delivery.event::<Payment>() {
                    Ok(payment) => answer(world.pay(&payment).await),
                    Err(_) => {
                        let mut response = answer((otherwise, Bytes::new()));
                        if matches!(handler, Handler::Typed | Handler::Lenient(400) | Handler::Marked(_)) {
                            response.extensions_mut().insert(Undecodable);
                        }
                        response
                    }
                });
            }
            let body = http_body_util::BodyExt::collect(request.into_body()).await?.to_bytes();
            Ok(answer(world.handle(handler, &delivery, body).await))
        }
    });
    let gate = WebhookLayer::new(receiver).layer(inner);
    // What a server does about routes is not the gate's: here, one path and the rest.
    serve_hyper(move |request| {
        let gate = gate.clone();
        async move {
            match request.uri().path() {
                "/hooks" => through(gate, request).await,
                "/open" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
                _ => StatusCode::NOT_FOUND.into_response(),
            }
        }
    })
    .await
}

/// What a service that never fails answers.
pub async fn through<S, B>(service: S, request: Request<Incoming>) -> Response<Body>
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>,
    B: http_body::Body<Data = Bytes, Error: std::error::Error + Send + Sync + 'static> + Send + 'static,
{
    let Ok(response) = tower::ServiceExt::oneshot(service, request).await;
    response.map(Body::new)
}

/// A bare hyper server that answers so.
pub async fn serve_hyper<Fut>(
    answer: impl Fn(Request<Incoming>) -> Fut + Clone + Send + Sync + 'static,
) -> SocketAddr
where
    Fut: Future<Output = Response<Body>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.expect("a connection");
            let answer = answer.clone();
            let service = hyper::service::service_fn(move |request| {
                let answering = answer(request);
                async move { Ok::<_, Infallible>(answering.await) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .half_close(true)
                .serve_connection(TokioIo::new(socket), service);
            tokio::spawn(connection);
        }
    });
    address
}

fn axum_app(receiver: Receiver<Custom>, world: Arc<World>, handler: Handler) -> Router {
    let route = |world: Arc<World>| match handler {
        Handler::Typed => any(async move |Event(payment): Event<Payment>| answer(world.pay(&payment).await)),
        Handler::Lenient(status) => {
            any(async move |payment: Result<Event<Payment>, EventRejection>| match payment {
                Ok(Event(payment)) => answer(world.pay(&payment).await),
                Err(_) => answer((status, Bytes::new())),
            })
        }
        Handler::Marked(status) => {
            any(async move |payment: Result<Event<Payment>, EventRejection>| match payment {
                Ok(Event(payment)) => answer(world.pay(&payment).await),
                Err(rejection) => {
                    (StatusCode::from_u16(status).expect("a status"), rejection).into_response()
                }
            })
        }
        Handler::SecondChoice => {
            any(async move |payment: Result<Event<Payment>, EventRejection>, _: Event<IgnoredAny>| {
                match payment {
                    Ok(Event(payment)) => answer(world.pay(&payment).await),
                    Err(_) => StatusCode::NOT_FOUND.into_response(),
                }
            })
        }
        Handler::FirstChoice => {
            any(async move |_: Event<IgnoredAny>, payment: Result<Event<Payment>, EventRejection>| {
                match payment {
                    Ok(Event(payment)) => answer(world.pay(&payment).await),
                    Err(_) => StatusCode::NOT_FOUND.into_response(),
                }
            })
        }
        _ => any(async move |delivery: hookgate::axum::Delivery, body: Bytes| {
            answer(world.handle(handler, &delivery, body).await)
        }),
    };
    Router::new()
        .route("/hooks", route(Arc::clone(&world)).layer(WebhookLayer::new(receiver)))
        .route("/open", route(world))
}

async fn serve_axum(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn answer((status, body): (u16, Bytes)) -> axum::response::Response {
    (StatusCode::from_u16(status).expect("a status"), body).into_response()
}

async fn actix(receiver: Receiver<Custom>, world: Arc<World>, handler: Handler) -> SocketAddr {
    serve_actix(move |config| {
        let resource = |path| {
            let world = Arc::clone(&world);
            let route = match handler {
                Handler::Typed => actix_web::web::route().to(move |payment: Event<Payment>| {
                    let world = Arc::clone(&world);
                    async move { respond(world.pay(&payment.0).await) }
                }),
                Handler::Lenient(status) => {
                    actix_web::web::route().to(move |payment: Result<Event<Payment>, actix_web::Error>| {
                        let world = Arc::clone(&world);
                        async move {
                            match payment {
                                Ok(Event(payment)) => respond(world.pay(&payment).await),
                                Err(_) => respond((status, Bytes::new())),
                            }
                        }
                    })
                }
                Handler::Marked(status) => {
                    actix_web::web::route().to(move |payment: Result<Event<Payment>, actix_web::Error>| {
                        let world = Arc::clone(&world);
                        async move {
                            match payment {
                                Ok(Event(payment)) => respond(world.pay(&payment).await),
                                Err(rejection) => {
                                    let mut response = rejection.error_response();
                                    *response.status_mut() = status_of(status);
                                    response
                                }
                            }
                        }
                    })
                }
                Handler::SecondChoice => actix_web::web::route().to(
                    move |event: actix_web::Either<Event<Payment>, Event<IgnoredAny>>| {
                        let world = Arc::clone(&world);
                        async move {
                            match event {
                                actix_web::Either::Left(payment) => respond(world.pay(&payment.0).await),
                                actix_web::Either::Right(_) => respond((404, Bytes::new())),
                            }
                        }
                    },
                ),
                Handler::FirstChoice => actix_web::web::route().to(
                    move |_: Event<IgnoredAny>, payment: Result<Event<Payment>, actix_web::Error>| {
                        let world = Arc::clone(&world);
                        async move {
                            match payment {
                                Ok(payment) => respond(world.pay(&payment.0).await),
                                Err(_) => respond((404, Bytes::new())),
                            }
                        }
                    },
                ),
                _ => actix_web::web::route().to(
                    // The raw payload: `web::Bytes` would decompress it.
                    move |delivery: hookgate::actix::Delivery, payload: actix_web::web::Payload| {
                        let world = Arc::clone(&world);
                        async move {
                            let body = payload.to_bytes().await.expect("it is there already");
                            respond(world.handle(handler, &delivery, body).await)
                        }
                    },
                ),
            };
            actix_web::web::resource(path).route(route)
        };
        config.service(resource("/hooks").wrap(Webhook::new(receiver.clone())));
        config.service(resource("/open"));
    })
}

fn respond((status, body): (u16, Bytes)) -> actix_web::HttpResponse {
    actix_web::HttpResponse::build(status_of(status)).body(body)
}

fn status_of(status: u16) -> actix_web::http::StatusCode {
    actix_web::http::StatusCode::from_u16(status).expect("a status")
}

/// An actix-web server with these services, on a thread of its own that ends with the tests.
pub fn serve_actix(
    services: impl Fn(&mut actix_web::web::ServiceConfig) + Clone + Send + 'static,
) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || actix_web::App::new().configure(services.clone());
            let server = actix_web::HttpServer::new(app).workers(1).disable_signals();
            // It need not wait for senders to hang up that it has answered before all of their body came.
            let server = server.client_disconnect_timeout(std::time::Duration::ZERO);
            server.listen(listener).expect("a socket").run().await
        })
    });
    address
}

/// Where a gate stands that is not alone at the root.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Side {
    /// Around the prefix.
    Outside,
    /// Below the prefix.
    Inside,
}

/// The same route under a prefix: `/api/hooks`. Bare services know no prefixes: below one, the server
/// hands on what it likes.
pub async fn nested(
    door: Door,
    side: Side,
    receiver: &Receiver<Custom>,
    world: &Arc<World>,
) -> Option<SocketAddr> {
    let (receiver, world) = (receiver.clone(), Arc::clone(world));
    match door {
        Door::Tower => None,
        Door::Axum => {
            let handle = async move |delivery: hookgate::axum::Delivery, body: Bytes| {
                answer(world.handle(Handler::Count, &delivery, body).await)
            };
            let (hooks, gate) = (Router::new().route("/hooks", post(handle)), WebhookLayer::new(receiver));
            Some(
                serve_axum(match side {
                    Side::Outside => Router::new().nest("/api", hooks).layer(gate),
                    Side::Inside => Router::new().nest("/api", hooks.layer(gate)),
                })
                .await,
            )
        }
        Door::Actix => Some(serve_actix(move |config| {
            let world = Arc::clone(&world);
            let handle = move |delivery: hookgate::actix::Delivery, body: actix_web::web::Bytes| {
                let world = Arc::clone(&world);
                async move { respond(world.handle(Handler::Count, &delivery, body).await) }
            };
            let (api, gate) = (actix_web::web::scope("/api"), Webhook::new(receiver.clone()));
            let hooks = actix_web::web::resource("/hooks").route(actix_web::web::post().to(handle));
            match side {
                Side::Outside => config.service(api.wrap(gate).service(hooks)),
                Side::Inside => config.service(api.service(hooks.wrap(gate))),
            };
        })),
    }
}
