//! x
#![forbid(unsafe_code)]
#![warn(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "axum")]
pub mod axum;
mod clock;
mod crypto;
mod delivery;
mod error;
mod event;
mod headers;
pub mod providers;
#[cfg(feature = "receiver")]
pub mod receiver;
pub mod scheme;
mod secret;
pub mod store;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
pub mod verify;

#[cfg(feature = "tenants")]
pub use self::receiver::Tenants;
#[cfg(feature = "receiver")]
pub use self::receiver::{Answer, Cancellation, Custom, Permanent, Receiver, ReceiverBuilder};
#[cfg(feature = "tower")]
pub use self::tower::WebhookLayer;
pub use self::{
    clock::{Clock, SystemClock, UnixTime},
    delivery::{Bound, Delivery, EventId, EventType},
    error::{ConfigError, Reason, StoreError, StoreErrorKind, VerifyError},
    event::{Event, EventError},
    headers::{Field, Head, Headers},
    providers::Provider,
    secret::Secret,
    store::{DynStore, Store},
    verify::{Verification, Verifier, VerifierBuilder},
};
