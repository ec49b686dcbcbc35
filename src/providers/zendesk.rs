use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, header, json,
};

/// [Zendesk](https://developer.zendesk.com/documentation/webhooks/verifying/).
///
/// The signature covers the body, the timestamp and the event type, but not the event id and not the
/// URL.
///
/// The secret is the webhook's signing secret from the admin center or the API, given as the text that
/// is shown; it is not decoded from base64. A webhook that is tested before it is created is signed
/// with a fixed test secret that Zendesk publishes. A webhook of a trigger or automation has the method
/// and the body that were set for it, so there may be no event type, and a body that is not JSON. One
/// with GET, DELETE or form encoding has its data in the URL: whoever sees one delivery can change
/// them, and two of one second are signed alike, so that the second is taken for a replay unless the
/// receiver has `on_replay(Handle)`. The invocation id stays the same over retries. Zendesk retries up
/// to three times, after an answer of 409, or of 429 or 503 with `Retry-After`.
#[derive(Clone, Copy, Debug)]
pub struct Zendesk;

impl Provider for Zendesk {
    const SCHEME: Scheme = Scheme::hmac_sha256("zendesk")
        .signature(header("x-zendesk-webhook-signature").base64())
        .signs(&[Timestamp, Body])
        .timestamp(header("x-zendesk-webhook-signature-timestamp").rfc3339())
        .id(header("x-zendesk-webhook-invocation-id"))
        .event_type(json("/type"))
        .methods(&["POST", "PUT", "PATCH", "GET", "DELETE"]);
}
