//! The routes, as an axum application.

use std::{error::Error, time::Duration};

use axum::{Router, extract::Query, http::StatusCode, routing::post};
use hookgate::{
    WebhookLayer,
    axum::{Delivery, Event},
};
use tokio::{net::TcpListener, signal};

use crate::demo::{Demo, Receivers, StripeEvent, handled, taken};

async fn on_stripe(Event(event): Event<StripeEvent>, delivery: Delivery) {
    if let StripeEvent::InvoicePaid { id } = event {
        println!("an invoice was paid: {id}");
    }
    handled(&delivery);
}

async fn on_any(delivery: Delivery) {
    handled(&delivery);
}

/// Takes as long as it is told to, and fails if it is told to.
async fn on_demo(Query(demo): Query<Demo>, delivery: Delivery) -> StatusCode {
    tokio::time::sleep(Duration::from_millis(demo.work_ms)).await;
    if demo.fail == 1 {
        println!("failed {} (attempt {})", delivery.provider(), delivery.attempt().unwrap_or(0));
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    handled(&delivery);
    StatusCode::OK
}

fn app(receivers: &Receivers) -> Router {
    let Receivers { github, stripe, standard, demo } = receivers.clone();
    Router::new()
        .route("/webhooks/github", post(on_any).layer(WebhookLayer::new(github)))
        .route("/webhooks/stripe", post(on_stripe).layer(WebhookLayer::new(stripe)))
        .route("/webhooks/standard", post(on_any).layer(WebhookLayer::new(standard)))
        .route("/webhooks/demo", post(on_demo).layer(WebhookLayer::new(demo)))
}

pub async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind(("127.0.0.1", port)).await.map_err(|error| taken(port, &error))
}

/// Serves until Ctrl-C, then lets handlers end.
pub async fn serve(listener: TcpListener, receivers: Receivers) -> Result<(), Box<dyn Error>> {
    axum::serve(listener, app(&receivers))
        .with_graceful_shutdown(async {
            let _ = signal::ctrl_c().await;
        })
        .await?;
    receivers.shutdown().await;
    Ok(())
}
