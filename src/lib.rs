//! x
mod clock;
mod crypto;
mod delivery;
mod error;
mod event;
mod headers;
pub mod providers;
pub mod scheme;
mod secret;
pub mod verify;

pub use self::{
    clock::{Clock, SystemClock, UnixTime},
    delivery::{Bound, Delivery, EventId, EventType},
    error::{ConfigError, Reason, StoreError, StoreErrorKind, VerifyError},
    event::EventError,
    headers::{Field, Head, Headers},
    providers::Provider,
    secret::Secret,
    verify::{Verification, Verifier, VerifierBuilder},
};
