//! Why an extractor has nothing to give, whatever the door.

use std::{error::Error, fmt};

use super::{Answer, Disposition};
use crate::event::EventError;

/// An extractor was used on a route without the gate: 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingGate;

impl MissingGate {
    /// The status of the response.
    pub const fn status(&self) -> u16 {
        500
    }
}

impl fmt::Display for MissingGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "no verified delivery in this request: is `WebhookLayer`, or `Webhook` of actix, on this route?",
        )
    }
}

impl Error for MissingGate {}

/// Why [`Event`](crate::Event) could not be extracted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventRejection {
    /// The route is not behind the gate: 500.
    MissingGate(MissingGate),
    /// The payload does not fit the type: 422, or 200 where the receiver gives such events up.
    Undecodable(EventError),
}

impl EventRejection {
    /// The status of the response.
    pub const fn status(&self) -> u16 {
        match self {
            Self::MissingGate(missing) => missing.status(),
            Self::Undecodable(_) => 422,
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

impl From<MissingGate> for Answer {
    /// Nothing of the request or the error is told to the sender.
    fn from(missing: MissingGate) -> Self {
        Self::new(missing.status(), Disposition::Refused).because("missing_gate")
    }
}

impl From<&EventRejection> for Answer {
    fn from(rejection: &EventRejection) -> Self {
        match rejection {
            EventRejection::MissingGate(missing) => Self::from(*missing),
            EventRejection::Undecodable(_) => Self::new(rejection.status(), Disposition::Undecodable),
        }
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
