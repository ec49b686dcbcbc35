use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, all, field, header, json,
};

/// [Recurly](https://docs.recurly.com/docs/webhooks#webhook-signatures).
///
/// The signature covers the body, the timestamp and the event type, but not the event id.
///
/// The secret is the endpoint's secret key from the webhook endpoints page, given as text. Only JSON
/// webhooks are signed: set the endpoint to JSON. The id is `Recurly-Notification-Id`, which stays over
/// retries; the /id in the body names the changed object. The body says what changed and little more:
/// fetch the object through the API. While keys rotate, the header carries a signature of each. Retries:
/// for up to 73 hours.
#[derive(Clone, Copy, Debug)]
pub struct Recurly;

impl Provider for Recurly {
    const SCHEME: Scheme = Scheme::hmac_sha256("recurly")
        .signature(header("recurly-signature").positional(',', 1))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("0").millis())
        .id(header("recurly-notification-id"))
        .event_type(all(&[json("/object_type"), json("/event_type")]))
        .retries_for_hours(73);
}
