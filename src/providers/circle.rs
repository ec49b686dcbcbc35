use super::Provider;
use crate::scheme::{Handshake, KeyForm, Part::Body, Scheme, header, json};

/// [Circle](https://developers.circle.com/api-reference/verify-webhook-signatures).
///
/// The signature covers the body, the event id and the event type.
///
/// There is no shared secret: the key is the public key that Circle's API returns for the id in
/// X-Circle-Key-Id, given as base64 of its DER form. The public key of an id never changes and can be
/// kept; fetching it needs an API key. Nothing says that it is yours alone: compare `/subscriptionId`
/// with that of your subscription, so that no event of another customer's is taken for yours.
/// Registration sends a HEAD request that wants 200, and a test has the type webhooks.test. Circle
/// Mint's older webhooks are Amazon SNS messages and are signed as such. notificationId is the same over
/// retries.
#[derive(Clone, Copy, Debug)]
pub struct Circle;

impl Provider for Circle {
    const SCHEME: Scheme = Scheme::ecdsa_p256("circle")
        .signature(header("x-circle-signature").base64())
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .handshakes(&[Handshake::head()])
        .key_named(header("x-circle-key-id"))
        .id(json("/notificationId"))
        .event_type(json("/notificationType"));
}
