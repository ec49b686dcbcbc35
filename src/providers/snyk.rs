use super::Provider;
use crate::scheme::{Part::Body, Scheme, header};

/// [Snyk](https://docs.snyk.io/snyk-api/using-specific-snyk-apis/webhooks-apis).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text given to the API when the webhook was created. A ping event comes when the
/// webhook is created and whenever it is asked for. The id names the delivery, and Snyk does not say
/// whether a retry keeps it. The header is called X-Hub-Signature, but the signature is made with
/// SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Snyk;

impl Provider for Snyk {
    const SCHEME: Scheme = Scheme::hmac_sha256("snyk")
        .signature(header("x-hub-signature").prefix("sha256="))
        .signs(&[Body])
        .id(header("x-snyk-transport-id"))
        .event_type(header("x-snyk-event"));
}
