use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [Attio](https://docs.attio.com/rest-api/guides/webhooks).
///
/// The signature covers the body.
///
/// The secret is the webhook's secret from the developer settings or from the answer that created it,
/// given as it is shown. The Idempotency-Key is the same in all retries and redeliveries of one
/// message. The events are in an array; each has its own event_type and neither an id nor a time, so a
/// second change of the same attribute is equal to the first: the key alone tells a repeat, and events
/// of a list that failed are all handled again. Attio sends the same signature in X-Attio-Signature
/// too. Attio tries up to ten times over three days and wants an answer within five seconds. A delivery
/// may carry several events. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Attio;

impl Provider for Attio {
    const SCHEME: Scheme = Scheme::hmac_sha256("attio")
        .signature(header("attio-signature").hex())
        .signs(&[Body])
        .id(header("idempotency-key"))
        .batch(Batch::of("/events").event_type("/event_type"))
        .repeats();
}
