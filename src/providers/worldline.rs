use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, header, json};

/// [Worldline](https://docs.direct.worldline-solutions.com/en/integration/api-developer-guide/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook's secret key from the merchant portal, which belongs to the key id in
/// `X-GCS-KeyId`, given as it is shown. An endpoint is checked by a GET request whose header
/// `X-GCS-Webhooks-Endpoint-Verification` must be answered as plain text. The event id stays the same
/// over the five retries, the last of which comes about a day and a half after the first attempt. Other
/// brands on the same platform, such as Ingenico, PAYONE and ANZ, sign in the same way. Retries: for up
/// to 36 hours.
#[derive(Clone, Copy, Debug)]
pub struct Worldline;

impl Provider for Worldline {
    const SCHEME: Scheme = Scheme::hmac_sha256("worldline")
        .signature(header("x-gcs-signature").base64())
        .signs(&[Body])
        .handshakes(&[Handshake::get().challenge(header("x-gcs-webhooks-endpoint-verification")).echoed()])
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(36);
}
