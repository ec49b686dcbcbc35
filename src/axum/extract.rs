use axum_core::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::{Batch, Cancellation, Delivery, Event, EventRejection, MissingGate};
use crate::telemetry;

fn proven<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, MissingGate> {
    parts.extensions.get().cloned().ok_or_else(|| {
        telemetry::missing_gate(parts.uri.path(), MissingGate);
        MissingGate
    })
}

impl<S: Send + Sync> FromRequestParts<S> for Delivery {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        proven(parts)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cancellation {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        proven(parts)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Batch {
    type Rejection = MissingGate;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, MissingGate> {
        proven::<Cancellation>(parts).map(Self::from)
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
