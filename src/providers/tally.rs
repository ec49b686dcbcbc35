use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Tally](https://tally.so/help/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the signing secret set with the webhook in the form's integrations, given as it is
/// shown. A signing secret is optional at Tally and must be switched on; without one there is no
/// signature. The event id stays the same over the five retries, the last of which comes more than a
/// day after the first attempt. Retries: for up to 32 hours.
#[derive(Clone, Copy, Debug)]
pub struct Tally;

impl Provider for Tally {
    const SCHEME: Scheme = Scheme::hmac_sha256("tally")
        .signature(header("tally-signature").base64())
        .signs(&[Body])
        .id(json("/eventId"))
        .event_type(json("/eventType"))
        .retries_for_hours(32);
}
