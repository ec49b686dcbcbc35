//! The gate without a framework: Tower and hyper alone.
//!
//! Run it: `cargo run --example hyper --features axum`, then
//!
//! ```sh
//! curl -i -H 'x-hub-signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' \
//!   -d 'Hello, World!' http://127.0.0.1:3000/
//! ```

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use hookgate::{Delivery, Receiver, WebhookLayer, providers::GitHub, tower::VerifiedBody};
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, signal, time::sleep};
use tower::{Layer, service_fn};

async fn on_github(request: Request<VerifiedBody>) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Some(delivery) = request.extensions().get::<Delivery>() {
        println!("handled {delivery:?}");
    }
    Ok(Response::new(Full::default()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let github = Receiver::<GitHub>::builder().secret("It's a Secret to Everybody").build()?;
    let service = WebhookLayer::new(github.clone()).layer(service_fn(on_github));

    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = signal::ctrl_c() => break,
        };
        let socket = match accepted {
            Ok((socket, _)) => socket,
            // Such as too many open files: that passes.
            Err(error) => {
                eprintln!("no connection: {error}");
                sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new()) // for the head: 30 seconds
                .serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.await {
                eprintln!("a connection ended early: {error}");
            }
        });
    }
    // Handlers have tasks of their own, and some time to end.
    github.shutdown(Duration::from_secs(10)).await;
    Ok(())
}
