//! The Tower door: [`WebhookLayer`] in front of any `Service<Request<…>>`.
//!
//! ```
//! use axum::{Router, routing::post};
//! use hookgate::{Receiver, WebhookLayer, axum::Event, providers::Stripe};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! enum StripeEvent {
//!     #[serde(rename = "invoice.paid")]
//!     InvoicePaid {},
//!     #[serde(other)]
//!     Other,
//! }
//!
//! async fn on_stripe(Event(event): Event<StripeEvent>) {
//!     if let StripeEvent::InvoicePaid {} = event { /* … */ }
//! }
//!
//! let stripe = Receiver::<Stripe>::builder().secret("whsec_test_0123456789abcdef0123456789abcdef").build()?;
//! let app: Router = Router::new().route("/webhooks/stripe", post(on_stripe).layer(WebhookLayer::new(stripe)));
//! # Ok::<(), hookgate::ConfigError>(())
//! ```
//!
//! It fits `Router::layer`, `Router::route_layer`, `MethodRouter::layer` and
//! `tower::ServiceBuilder`, and a service on bare hyper: the error type is the inner service's, and
//! refusals are responses. Put it on the routes it is for: behind `Router::layer` it answers unknown
//! paths too, with 401.
//!
//! The inner service gets the same bytes back as a [`VerifiedBody`], and in the request's extensions
//! the [`Delivery`](crate::Delivery), which is asked for a [`Cancellation`](crate::Cancellation). Every
//! response carries the gate's [`Answer`](crate::Answer) in its extensions.
//!
//! # Order of layers
//!
//! Whatever changes the body must be inside of the gate, and whatever must not be reached by
//! strangers too. A layer outside sees every request, authentic or not. The inner service is made
//! ready before the request is verified, as Tower has it: a concurrency limit inside of the gate is
//! held while a stranger's body is read. Put one that is to be fair outside, or bound it by
//! [`body_deadline`](crate::ReceiverBuilder::body_deadline).

mod body;
mod future;
mod layer;
mod service;

pub use self::{
    body::{GateBody, VerifiedBody},
    future::ResponseFuture,
    layer::WebhookLayer,
    service::WebhookService,
};
