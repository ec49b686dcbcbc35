use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [Wise](https://docs.wise.com/guides/developer/webhooks/event-handling).
///
/// The signature covers the body and the event type, but not the event id.
///
/// The key is the RSA public key in PEM that Wise publishes, one for production and another for the
/// sandbox. Subscribing sends a signed test request with `X-Test-Notification: true`, which is to be
/// acknowledged and not processed. The delivery id stays the same over up to 25 retries within two
/// weeks. The older header `X-Signature` with SHA-1 is not looked at. Retries: for up to 336 hours.
#[derive(Clone, Copy, Debug)]
pub struct Wise;

impl Provider for Wise {
    const SCHEME: Scheme = Scheme::rsa_sha256("wise")
        .signature(header("x-signature-sha256").base64())
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .id(header("x-delivery-id"))
        .event_type(json("/event_type"))
        .retries_for_hours(336);
}
