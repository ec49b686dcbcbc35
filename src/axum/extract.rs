use axum_core::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{Batch, Cancellation, Delivery, Event, EventRejection, MissingGate};
use crate::telemetry;

/// What the gate's delivery says to this.
fn proven<T>(parts: &Parts, of: impl Fn(&Delivery) -> Option<T>) -> Result<T, MissingGate> {
    parts.extensions.get().and_then(of).ok_or_else(|| {
        telemetry::missing_gate(parts.uri.path(), MissingGate);
        MissingGate
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Delivery {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        proven(parts, |delivery| Some(delivery.clone()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cancellation {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        proven(parts, Self::of)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Batch {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        proven(parts, Self::of)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Event<T> {
    type Rejection = EventRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, EventRejection> {
        let Some(delivery) = parts.extensions.get::<Delivery>() else {
            telemetry::missing_gate(parts.uri.path(), MissingGate);
            return Err(MissingGate.into());
        };
        delivery.event().map(Event).map_err(|error| {
            telemetry::undecodable(delivery, &error);
            error.into()
        })
    }
}
