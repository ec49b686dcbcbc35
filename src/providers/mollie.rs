use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Mollie](https://docs.mollie.com/reference/webhooks-best-practices).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook's signing secret from the dashboard or the API, given as it is shown. Only
/// the newer event webhooks are signed; the classic ones post a form with an id and no signature. For
/// 24 hours after the secret is rotated, the header comes twice, once for each secret. Retries: for up
/// to 26 hours.
#[derive(Clone, Copy, Debug)]
pub struct Mollie;

impl Provider for Mollie {
    const SCHEME: Scheme = Scheme::hmac_sha256("mollie")
        .signature(header("x-mollie-signature").prefix("sha256=").prefix_optional().repeated())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(26)
        .acknowledged(200, "");
}
