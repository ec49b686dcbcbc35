use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header,
};

/// [Sanity](https://www.sanity.io/docs/webhooks).
///
/// The signature covers the body and the timestamp, but not the event id or the event type.
///
/// The secret is the text entered in the webhook's settings. Retries keep the id and the first
/// timestamp. Answers of 429 and 5xx are retried; other 4xx answers are not. The body is what the
/// webhook's projection makes of the document. The method is a setting of the webhook; POST is the
/// default. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Sanity;

impl Provider for Sanity {
    const SCHEME: Scheme = Scheme::hmac_sha256("sanity")
        .signature(header("sanity-webhook-signature").pairs(',', '=', "v1").base64url())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").millis().not_enforced())
        .id(header("idempotency-key"))
        .event_type(header("sanity-operation"))
        .methods(&["POST", "PUT", "PATCH", "DELETE"])
        .retries_for_hours(1);
}
