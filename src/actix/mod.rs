//! The actix-web door: [`Webhook`] around scopes and resources, and extractors for the handlers behind
//! it.
//!
//! | extractor | is |
//! |---|---|
//! | [`Event<T>`] | the event as your type |
//! | [`Delivery`] | the authentic delivery: provider, id, type, attempt, the exact bytes |
//! | [`Batch`] | the events of a delivery that carries several, each claimed by itself |
//! | [`Cancellation`] | the signal that the claim is lost |
//!
//! All of them read what the middleware proved and can be combined in any order, beside actix-web's
//! own. On a route without it they answer 500, and the log asks whether it is there.
//!
//! ```
//! use actix_web::{App, HttpResponse, web};
//! use hookgate::actix::{Delivery, Event, Webhook};
//! use hookgate::{Receiver, providers::GitHub};
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
//! async fn on_github(Event(event): Event<GitHubEvent>, delivery: Delivery) -> HttpResponse {
//!     match event {
//!         GitHubEvent::Push { r#ref } => println!("{:?} pushed {ref}", delivery.id()),
//!         GitHubEvent::Other => {}
//!     }
//!     HttpResponse::NoContent().finish()
//! }
//!
//! // One receiver for all workers: build it outside of the closure that each of them calls.
//! let github = Receiver::<GitHub>::builder().secret("It's a Secret to Everybody").build()?;
//! let app = App::new().service(
//!     web::resource("/webhooks/github").wrap(Webhook::new(github.clone())).route(web::post().to(on_github)),
//! );
//! # Ok::<(), hookgate::ConfigError>(())
//! ```
//!
//! # What is verified
//!
//! The bytes on the wire: the middleware reads the raw payload, where the extractors of actix-web would
//! decompress it. It puts the payload back, so that `web::Bytes`, `web::Json` and the others work behind
//! it as they would without.
//!
//! # Where handlers run
//!
//! On the worker that took the request, and they need not be `Send`. One that has to wait goes on as a
//! task of its own on that worker, to its end, also where the sender hangs up; the receiver's
//! [`inline`](crate::ReceiverBuilder::inline) opts out. A worker that shuts down drops what is running
//! on it, and one that stops gracefully waits for connections, not for handlers whose senders hung up. So
//! `disable_signals` on the server, and when the process is to end call
//! [`Receiver::shutdown`](crate::Receiver::shutdown) first and stop the server after: see
//! [ordering](crate::guide::ordering#ending-the-process).
//!
//! # What layers around the gate see
//!
//! The [`Answer`](crate::Answer) in the response's extensions. Where a handler panicked, was dropped or was given
//! up, its request is gone with it, and what the gate answers comes as an `Err`: a `.wrap` outside of it finds
//! status and `Answer` in `error.error_response()`. An `Err` of a layer inside of the gate comes out with what the
//! gate answered, and so as another type: `error.as_error` does not find the first one.

mod extract;
mod future;
mod middleware;
mod rejection;

pub use self::{
    extract::EventConfig,
    future::ResponseFuture,
    middleware::{Webhook, WebhookMiddleware},
};
pub use crate::{
    delivery::Delivery,
    event::Event,
    receiver::{Batch, BatchOutcome, Cancellation, EventRejection, MissingGate, Permanent},
};
