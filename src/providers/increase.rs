use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{
    Part::{Body, Header, Lit, Timestamp},
    Scheme, json,
};

/// [Increase](https://increase.com/documentation/webhooks#securing-your-webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the event subscription's shared secret in base64, with or without `whsec_`. An event
/// is tried up to seven times more when it fails. Real-time decisions are not retried.
#[derive(Clone, Copy, Debug)]
pub struct Increase;

impl Provider for Increase {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("increase"))
        .signs(&[Header("webhook-id"), Lit("."), Timestamp, Lit("."), Body])
        .id(json("/id"))
        .event_type(json("/category"));
}
