use super::Provider;
use crate::scheme::{Part::Body, Payload, Scheme, form, header};

/// [Maxio (Chargify)](https://docs.maxio.com/hc/en-us/articles/24266141522189-Webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the shared key of the site, given as it is shown. The body is a form, and the
/// signature is over its bytes as they were sent. The form's id equals X-Chargify-Webhook-Id and is the
/// same over retries. The older header X-Chargify-Webhook-Signature is an MD5 digest and is not looked
/// at. A new shared key takes effect at once.
#[derive(Clone, Copy, Debug)]
pub struct Chargify;

impl Provider for Chargify {
    const SCHEME: Scheme = Scheme::hmac_sha256("chargify")
        .signature(header("x-chargify-webhook-signature-hmac-sha-256").hex())
        .signs(&[Body])
        .id(form("id"))
        .event_type(form("event"))
        .payload(Payload::Form)
        .acknowledged(200, "");
}
