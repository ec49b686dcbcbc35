use axum_core::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{Batch, Cancellation, Delivery, Event, EventRejection, MissingGate};
use crate::receiver::proven;

/// What the gate's delivery says to this.
fn of_parts<T>(parts: &Parts, of: impl FnOnce(&Delivery) -> Option<T>) -> Result<T, MissingGate> {
    proven(parts.extensions.get(), parts.uri.path(), of)
}

impl<S: Send + Sync> FromRequestParts<S> for Delivery {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        of_parts(parts, |delivery| Some(delivery.clone()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cancellation {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        of_parts(parts, Self::of)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Batch {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        of_parts(parts, Self::of)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Event<T> {
    type Rejection = EventRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, EventRejection> {
        Self::extract(parts.extensions.get(), parts.uri.path())
    }
}
