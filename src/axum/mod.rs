//! The axum door: extractors for handlers behind [`WebhookLayer`](crate::WebhookLayer).
//!
//! | extractor | is |
//! |---|---|
//! | [`Event<T>`] | the event as your type |
//! | [`Delivery`] | the authentic delivery: provider, id, type, attempt, the exact bytes |
//! | [`Batch`] | the events of a delivery that carries several, each claimed by itself |
//! | [`Cancellation`] | the signal that the claim is lost |
//!
//! All of them read what the layer proved and can be combined in any order, beside axum's own. On a
//! route without the layer they answer 500, and the log asks whether it is there.
//!
//! ```
//! use axum::{Router, http::StatusCode, routing::post};
//! use hookgate::axum::{Delivery, Event};
//! use hookgate::{Receiver, WebhookLayer, providers::GitHub};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! enum GitHubEvent {
//!     #[serde(rename = "push")]
//!     Push { r#ref: String },
//!     #[serde(other)]
//!     Other, // new event types never break you
//! }
//!
//! async fn on_github(Event(event): Event<GitHubEvent>, delivery: Delivery) -> StatusCode {
//!     match event {
//!         GitHubEvent::Push { r#ref } => println!("{:?} pushed {ref}", delivery.id()),
//!         GitHubEvent::Other => {}
//!     }
//!     StatusCode::NO_CONTENT
//! }
//!
//! let github = Receiver::<GitHub>::builder().secret("It's a Secret to Everybody").build()?;
//! let app: Router = Router::new().route("/webhooks/github", post(on_github)).layer(WebhookLayer::new(github));
//! # Ok::<(), hookgate::ConfigError>(())
//! ```

mod extract;
mod rejection;

pub use crate::{
    delivery::Delivery,
    event::Event,
    receiver::{Batch, BatchOutcome, Cancellation, EventRejection, MissingGate, Permanent},
};
