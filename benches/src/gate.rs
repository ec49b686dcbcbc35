//! A server on one thread, with the gate and without, and a client on another.

use std::{net::SocketAddr, sync::mpsc::channel, thread, time::Duration};

use axum::{Router, body::Bytes, http::StatusCode, routing::post};
use hookgate::{
    Clock, Provider, Receiver, SystemClock, UnixTime, WebhookLayer,
    providers::{StandardWebhooks, Stripe},
    testing::Signer,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    prototype::{Prototype, Scheme},
    verify::{SECRET, STANDARD_SECRET, body},
};

/// What stands before the handler.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Before {
    Nothing,
    /// Id in a header.
    Standard,
    /// Id in a header; handlers inside the request's future.
    StandardInline,
    /// Id in the JSON.
    Stripe,
    /// A gate written by hand for ids in a header.
    ByHand,
    /// A gate written by hand for ids in the JSON.
    ByHandJson,
    /// What the peer's users write: the body extractor and the `standardwebhooks` crate.
    Peer,
}

/// The application under test.
pub fn app(before: Before) -> Router {
    let handler =
        || post(async |body: Bytes| if body.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::OK });
    let standard = || Receiver::<StandardWebhooks>::builder().secret(STANDARD_SECRET);
    let router = Router::new();
    match before {
        Before::Nothing => router.route("/hooks", handler()),
        Before::Standard => {
            router.route("/hooks", handler().layer(WebhookLayer::new(standard().build().unwrap())))
        }
        Before::StandardInline => {
            router.route("/hooks", handler().layer(WebhookLayer::new(standard().inline().build().unwrap())))
        }
        Before::Stripe => {
            let stripe = Receiver::<Stripe>::builder().secret(SECRET).build().unwrap();
            router.route("/hooks", handler().layer(WebhookLayer::new(stripe)))
        }
        Before::ByHand => router.route("/hooks", handler().layer(Prototype::new(Scheme::STANDARD))),
        Before::ByHandJson => router.route("/hooks", handler().layer(Prototype::new(Scheme::STRIPE))),
        Before::Peer => {
            let webhook = std::sync::Arc::new(standardwebhooks::Webhook::new(STANDARD_SECRET).unwrap());
            let handle = async move |headers: axum::http::HeaderMap, body: Bytes| match webhook
                .verify(&body, &headers)
            {
                Ok(()) => StatusCode::OK,
                Err(_) => StatusCode::UNAUTHORIZED,
            };
            router.route("/hooks", post(handle))
        }
    }
}

/// A running server and the number of its thread.
pub struct Server {
    pub address: SocketAddr,
    thread: u64,
}

/// The number of this thread, by which the system counts its time.
fn this_thread() -> u64 {
    let thread = std::fs::read_link("/proc/thread-self").unwrap();
    thread.file_name().unwrap().to_str().unwrap().parse().unwrap()
}

impl Server {
    pub fn start(before: Before) -> Self {
        let (send, receive) = channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                send.send(Self { address: listener.local_addr().unwrap(), thread: this_thread() }).unwrap();
                axum::serve(listener, app(before)).await.unwrap();
            });
        });
        receive.recv().unwrap()
    }

    /// The same on actix-web, with the gate or without.
    pub fn start_actix(gate: bool) -> Self {
        use actix_web::{App, HttpResponse, HttpServer, middleware::Condition, web};

        let (send, receive) = channel();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let receiver = Receiver::<StandardWebhooks>::builder().secret(STANDARD_SECRET).build().unwrap();
        thread::spawn(move || {
            let app = move || {
                // Each worker makes its application itself; there is one.
                let _ = send.send(this_thread());
                let handle = async |body: Bytes| match body.is_empty() {
                    true => HttpResponse::BadRequest(),
                    false => HttpResponse::Ok(),
                };
                let gate = Condition::new(gate, hookgate::actix::Webhook::new(receiver.clone()));
                App::new().service(web::resource("/hooks").wrap(gate).route(web::post().to(handle)))
            };
            let server = HttpServer::new(app).workers(1).listen(listener).unwrap().run();
            actix_web::rt::System::new().block_on(server).unwrap();
        });
        Self { address, thread: receive.recv().unwrap() }
    }

    /// The processor time that the server's thread has used so far.
    pub fn used(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/self/task/{}/schedstat", self.thread)).unwrap();
        Duration::from_nanos(stat.split(' ').next().unwrap().parse().unwrap())
    }
}

fn now() -> UnixTime {
    SystemClock::default().now().unwrap()
}

/// Signed requests as they go over the wire, 1 KiB of body each, ids from `first` on.
pub fn requests<P: Provider>(secret: &str, first: usize, count: usize) -> Vec<Vec<u8>> {
    let template = body(1024);
    let at = now();
    (first..first + count)
        .map(|number| {
            let id = format!("evt_{number:0>24}");
            let signer = Signer::new::<P>(secret).at(at).target("/hooks");
            let (signer, body) = match P::SCHEME.name() {
                "stripe" => (signer, template.replace("evt_1NG8Du2eZvKYlo2CUI79vXWy", &id)),
                _ => (signer.id(id), template.clone()),
            };
            let signed = signer.header("content-type", "application/json").sign(body).unwrap();
            let mut wire = format!(
                "POST /hooks HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
                signed.body().len()
            );
            for (name, value) in signed.headers() {
                wire.push_str(&format!("{name}: {value}\r\n"));
            }
            wire.push_str("\r\n");
            [wire.as_bytes(), signed.body()].concat()
        })
        .collect()
}

/// Sends all requests over 16 connections and returns how many were answered 200.
///
/// The client never sleeps: waking it costs the server more than a verification does, and the more
/// often the slower the server is.
pub fn send(address: SocketAddr, requests: &[Vec<u8>]) -> usize {
    const CONNECTIONS: usize = 16;
    let runtime =
        tokio::runtime::Builder::new_current_thread().event_interval(1).enable_all().build().unwrap();
    let local = async {
        let awake = tokio::spawn(async {
            loop {
                tokio::task::yield_now().await;
            }
        });
        let shares: Vec<_> =
            requests.chunks(requests.len().div_ceil(CONNECTIONS)).map(|share| one(address, share)).collect();
        let mut good = 0;
        for share in join(shares).await {
            good += share;
        }
        awake.abort();
        good
    };
    runtime.block_on(local)
}

async fn one(address: SocketAddr, requests: &[Vec<u8>]) -> usize {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (mut answer, mut good) = ([0; 1024], 0);
    for request in requests {
        socket.write_all(request).await.unwrap();
        // An answer is a head and no body, and comes in one piece.
        let read = socket.read(&mut answer).await.unwrap();
        assert!(answer[..read].ends_with(b"\r\n\r\n"), "{}", String::from_utf8_lossy(&answer[..read]));
        good += usize::from(answer.starts_with(b"HTTP/1.1 200"));
    }
    good
}

/// Runs futures side by side on this thread.
async fn join<F: Future<Output = usize>>(futures: Vec<F>) -> Vec<usize> {
    let mut futures: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(move |cx| {
        for (future, done) in &mut futures {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *done = Some(value);
            }
        }
        match futures.iter().map(|(_, done)| *done).collect::<Option<Vec<_>>>() {
            Some(all) => std::task::Poll::Ready(all),
            None => std::task::Poll::Pending,
        }
    })
    .await
}

/// Processor time of the server a request, over fresh requests of its provider.
pub fn per_request(server: &Server, requests: &[Vec<u8>]) -> Duration {
    let before = server.used();
    assert_eq!(send(server.address, requests), requests.len(), "every request is answered 200");
    (server.used() - before) / requests.len() as u32
}
