use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [WorkOS](https://workos.com/docs/events/data-syncing/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's signing secret from the dashboard, given as it is shown. The timestamp
/// is in milliseconds. The event id stays the same over up to six retries within three days. Requests
/// of WorkOS Actions want a signed answer within a shorter time and are not this. Retries: for up to 72
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct WorkOS;

impl Provider for WorkOS {
    const SCHEME: Scheme = Scheme::hmac_sha256("workos")
        .signature(header("workos-signature").pairs(',', '=', "v1").spaced())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").millis().tolerance_secs(180))
        .id(json("/id"))
        .event_type(json("/event"));
}
