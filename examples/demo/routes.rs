//! The routes, as an axum application.

use std::{error::Error, time::Duration};

use axum::{Router, extract::Query, http::StatusCode, routing::post};
use hookgate::{
    WebhookLayer,
    axum::{Delivery, Event},
};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

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

pub fn app(receivers: &Receivers) -> Router {
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

/// Serves until then, and lets handlers end.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    receivers: Receivers,
    until: impl Future<Output = ()>,
) -> Result<(), Box<dyn Error>> {
    let (end, ended) = oneshot::channel::<()>();
    let server = axum::serve(listener, app).with_graceful_shutdown(async {
        let _ = ended.await;
    });
    let server = tokio::spawn(server.into_future());
    until.await;
    // No new connections, and on those that are open no new events: 503, so that they come again.
    drop(end);
    receivers.shutdown().await;
    // The answers are on their way. Senders that dawdle are not waited for.
    match timeout(Duration::from_secs(5), server).await {
        Ok(served) => Ok(served??),
        Err(_) => Ok(()),
    }
}
