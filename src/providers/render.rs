use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [Render](https://render.com/docs/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's signing secret from the dashboard, given with its whsec_ prefix. Retries
/// keep the id. The body holds little more than ids: fetch the event through the API.
#[derive(Clone, Copy, Debug)]
pub struct Render;

impl Provider for Render {
    const SCHEME: Scheme = Scheme::hmac_sha256("render")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("webhook-id"))
        .event_type(json("/type"));
}
