use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [OpenAI](https://platform.openai.com/docs/guides/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's signing secret from the project's webhook settings, given with its
/// whsec_ prefix. Retries keep the id of the header; the /id in the body is another one. OpenAI's own
/// library takes a secret without whsec_ as plain text and not as base64. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct OpenAI;

impl Provider for OpenAI {
    const SCHEME: Scheme = Scheme::hmac_sha256("openai")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("webhook-id"))
        .event_type(json("/type"));
}
