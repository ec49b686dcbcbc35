use super::Provider;
use crate::scheme::{
    Handshake, KeyForm,
    Part::{Body, Header, Lit},
    Scheme, When, header, json,
};

/// [Daily](https://docs.daily.co/reference/rest-api/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook's `hmac` value from the answer to its creation, given as that base64 text.
/// When a webhook is created or updated, Daily sends a test request without a signature that must get a
/// 200 quickly. Depending on its
/// retry setting, a webhook is switched off after three failures in a row. The id stays the same over
/// retries.
#[derive(Clone, Copy, Debug)]
pub struct Daily;

impl Provider for Daily {
    const SCHEME: Scheme = Scheme::hmac_sha256("daily")
        .signature(header("x-webhook-signature").base64())
        .signs(&[Header("x-webhook-timestamp"), Lit("."), Body])
        .key(KeyForm::BASE64)
        .id(json("/id"))
        .event_type(json("/type"))
        .handshakes(&[Handshake::post().when(&[When::Is(json("/test"), "test"), When::Absent("/id")])])
        .acknowledged(200, "");
}
