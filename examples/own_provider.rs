//! A provider that nobody has heard of, in the words that hookgate's own are written in.
//!
//! Run it: `cargo run --example own_provider --features axum,testing`.

use axum::{Router, routing::post};
use hookgate::{
    Provider, Receiver, UnixTime, Verifier, WebhookLayer,
    axum::{Delivery, Event},
    scheme::{
        Part::{Body, Lit, Timestamp},
        Scheme, header, json,
    },
    testing::Signer,
};
use serde::Deserialize;

/// Signs `timestamp.body` with HMAC-SHA-256.
struct Acme;

impl Provider for Acme {
    const SCHEME: Scheme = Scheme::hmac_sha256("acme")
        .signature(header("x-acme-signature").prefix("v1=").hex())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(header("x-acme-timestamp").seconds())
        .id(json("/id"))
        .event_type(json("/type"));
}

#[derive(Debug, Deserialize)]
enum AcmeEvent {
    #[serde(rename = "anvil.dropped")]
    AnvilDropped { height: f64 },
    #[serde(other)]
    Other,
}

async fn on_acme(Event(event): Event<AcmeEvent>, delivery: Delivery) {
    match event {
        AcmeEvent::AnvilDropped { height } => println!("{:?}: from {height} m", delivery.id()),
        AcmeEvent::Other => {}
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = "acme-0123456789abcdef0123456789abcdef";

    // An endpoint for it, ready to serve.
    let acme = Receiver::<Acme>::builder().secret(secret).build()?;
    let _app: Router = Router::new().route("/webhooks/acme", post(on_acme)).layer(WebhookLayer::new(acme));

    // The same words sign, so a test needs no captured request.
    let now = UnixTime::from_secs(1_700_000_000);
    let body = r#"{"id":"a1","type":"anvil.dropped","height":3.5}"#;
    let request = Signer::new::<Acme>(secret).at(now).sign(body)?;
    println!("{:#?}", request.headers());

    let delivery = Verifier::builder::<Acme>().secret(secret).build()?.verify(
        request.head(),
        request.body().clone(),
        now,
    )?;
    println!("{:?}, signature covers {:?}", delivery.event::<AcmeEvent>()?, delivery.bound());
    Ok(())
}
