//! The gate without a framework: Tower and hyper alone.
//!
//! Run it: `cargo run --example hyper --features axum`, then
//!
//! ```sh
//! curl -i -H 'x-hub-signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' \
//!   -d 'Hello, World!' http://127.0.0.1:3000/
//! ```

use std::convert::Infallible;

use bytes::Bytes;
use hookgate::{Delivery, Receiver, WebhookLayer, providers::GitHub, tower::VerifiedBody};
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
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
    let service = WebhookLayer::new(github).layer(service_fn(on_github));

    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}", listener.local_addr()?);
    loop {
        let (socket, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
        tokio::spawn(async move {
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            if let Err(error) = connection.await {
                eprintln!("a connection ended early: {error}");
            }
        });
    }
}
