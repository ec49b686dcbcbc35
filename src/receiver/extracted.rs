//! What extractors give of a delivery, whatever the door.

use serde::de::DeserializeOwned;

use super::{EventRejection, MissingGate, run::Handled};
use crate::{delivery::Delivery, event::Event, telemetry};

/// What the delivery that a gate put into a request says to this; `path` is the request's.
pub(crate) fn proven<T>(
    delivery: Option<&Delivery>,
    path: &str,
    of: impl FnOnce(&Delivery) -> Option<T>,
) -> Result<T, MissingGate> {
    delivery.and_then(of).ok_or_else(|| {
        telemetry::missing_gate(path, MissingGate);
        MissingGate
    })
}

impl<T: DeserializeOwned> Event<T> {
    /// The event of the delivery that a gate put into a request, whose run learns whether it fits.
    pub(crate) fn extract(delivery: Option<&Delivery>, path: &str) -> Result<Self, EventRejection> {
        let (read, run) = proven(delivery, path, |delivery| {
            let read = delivery.event().inspect_err(|error| telemetry::undecodable(delivery, error));
            Some((read, Handled::of(delivery)))
        })?;
        if let Some(run) = run {
            run.read(read.is_ok());
        }
        Ok(Self(read?))
    }
}
