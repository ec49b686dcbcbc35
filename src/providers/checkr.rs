use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Checkr](https://docs.checkr.com/#section/Webhooks/Validating-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the API key that created the webhook, given as it is shown. The key is an API key, so
/// give all active ones where keys are being replaced. The id stays the same over ten attempts in 24
/// hours. Checkr waits five seconds for an answer. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Checkr;

impl Provider for Checkr {
    const SCHEME: Scheme = Scheme::hmac_sha256("checkr")
        .signature(header("x-checkr-signature").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(24);
}
