use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [Anthropic](https://github.com/anthropics/anthropic-sdk-python).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's whsec_ signing secret, whose rest is base64. The scheme is Standard
/// Webhooks. While a secret is being rotated the header holds one v1 entry per secret. The id in
/// webhook-id is the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Anthropic;

impl Provider for Anthropic {
    const SCHEME: Scheme = Scheme::hmac_sha256("anthropic")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("webhook-id"))
        .event_type(json("/data/type"));
}
