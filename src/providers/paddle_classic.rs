use super::Provider;
use crate::scheme::{KeyForm, Part::SerializedFormBut, Payload, Scheme, form};

/// [Paddle Classic](https://developer.paddle.com/classic/guides/ZG9jOjI1MzUzOTg2-verifying-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The key is the vendor account's public key from Paddle's dashboard, given as PEM. The signature is
/// RSA with SHA-1, and Paddle Classic offers nothing newer. What is signed is PHP's serialization of
/// the decoded form fields in the order of their names, so the order in the body does not matter.
/// Retries keep the alert id. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct PaddleClassic;

impl Provider for PaddleClassic {
    const SCHEME: Scheme = Scheme::rsa_sha1("paddle-classic")
        .signature(form("p_signature").base64())
        .signs(&[SerializedFormBut("p_signature")])
        .key(KeyForm::BASE64)
        .id(form("alert_id"))
        .event_type(form("alert_name"))
        .payload(Payload::Form)
        .acknowledged(200, "");
}
