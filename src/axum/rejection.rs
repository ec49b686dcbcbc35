use std::{error::Error, fmt};

use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use crate::{event::EventError, receiver::Undecodable};

/// An extractor was used on a route without [`WebhookLayer`](crate::WebhookLayer): 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingGate;

impl MissingGate {
    /// The status of the response.
    pub const fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}

impl fmt::Display for MissingGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no verified delivery in this request: is `WebhookLayer` on this route?")
    }
}

impl Error for MissingGate {}

impl IntoResponse for MissingGate {
    fn into_response(self) -> Response {
        empty(self.status())
    }
}

/// Why [`Event`](super::Event) could not be extracted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventRejection {
    /// The route has no [`WebhookLayer`](crate::WebhookLayer): 500.
    MissingGate(MissingGate),
    /// The payload does not fit the type: 422, or 200 where the receiver gives such events up.
    Undecodable(EventError),
}

impl EventRejection {
    /// The status of the response.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::MissingGate(missing) => missing.status(),
            Self::Undecodable(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }
}

impl From<MissingGate> for EventRejection {
    fn from(missing: MissingGate) -> Self {
        Self::MissingGate(missing)
    }
}

impl From<EventError> for EventRejection {
    fn from(error: EventError) -> Self {
        Self::Undecodable(error)
    }
}

impl fmt::Display for EventRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingGate(missing) => missing.fmt(f),
            Self::Undecodable(error) => error.fmt(f),
        }
    }
}

impl Error for EventRejection {}

impl IntoResponse for EventRejection {
    fn into_response(self) -> Response {
        let mut response = empty(self.status());
        if let Self::Undecodable(_) = self {
            response.extensions_mut().insert(Undecodable);
        }
        response
    }
}

/// Nothing of the request or the error is told to the sender.
fn empty(status: StatusCode) -> Response {
    (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))]).into_response()
}
