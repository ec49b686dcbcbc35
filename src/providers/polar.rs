use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{KeyForm, Scheme};

/// [Polar](https://polar.sh/docs/integrate/webhooks/delivery).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's webhook secret from the dashboard, used whole as text and not decoded
/// from base64. Polar uses the form of Standard Webhooks with another key: a library for Standard
/// Webhooks needs the secret encoded as base64 first. Retries keep the id. A redirect counts as a
/// failed delivery. Resetting the secret ends the old one at once.
#[derive(Clone, Copy, Debug)]
pub struct Polar;

impl Provider for Polar {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("polar")).key(KeyForm::UTF8);
}
