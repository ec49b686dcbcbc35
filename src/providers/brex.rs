use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [Brex](https://developer.brex.com/docs/webhooks/).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook signing secret from the Brex API, base64 with or without whsec_ in front.
/// The scheme is Standard Webhooks. Two signing keys may be active at the same time, and then the
/// header has two v1 entries. Webhook-Id is the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Brex;

impl Provider for Brex {
    const SCHEME: Scheme = Scheme::hmac_sha256("brex")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("webhook-id"))
        .event_type(json("/event_type"));
}
