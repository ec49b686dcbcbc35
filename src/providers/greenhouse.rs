use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Greenhouse](https://developers.greenhouse.io/webhooks.html#authentication).
///
/// The signature covers the body and the event type, but not the event id.
///
/// The secret is the secret key entered for the webhook in Greenhouse, used as text. Between `sha256`
/// and the hex stands a space. When a webhook is saved, Greenhouse sends a `ping` action that must get
/// a 2xx. The id stays the same over retries, which go on for about 15 hours. Retries: for up to 15
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct Greenhouse;

impl Provider for Greenhouse {
    const SCHEME: Scheme = Scheme::hmac_sha256("greenhouse")
        .signature(header("signature").prefix("sha256 "))
        .signs(&[Body])
        .id(header("greenhouse-event-id"))
        .event_type(json("/action"))
        .retries_for_hours(15);
}
