use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Dwolla](https://developers.dwolla.com/docs/working-with-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the text that you gave when the webhook subscription was created. Dwolla retries eight
/// times over 72 hours with the same id. After 400 failures in a row within a day the subscription is
/// paused. A secret is replaced by a new subscription with another one. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Dwolla;

impl Provider for Dwolla {
    const SCHEME: Scheme = Scheme::hmac_sha256("dwolla")
        .signature(header("x-request-signature-sha-256").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/topic"));
}
