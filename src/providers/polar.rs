use super::Provider;
use crate::scheme::{
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

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
    const SCHEME: Scheme = Scheme::hmac_sha256("polar")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .id(header("webhook-id"))
        .event_type(json("/type"));
}
