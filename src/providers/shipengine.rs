use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [ShipStation API, formerly ShipEngine](https://www.shipengine.com/docs/tracking/webhooks/).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The key is ShipEngine's RSA public key, given as PEM; it is published as a key set at
/// api.shipengine.com/jwks. ShipEngine signs for all of its customers with the same keys, and any of
/// them can have events of their own sent to your URL: ask its API for what the event speaks of. The
/// X-ShipEngine-RSA-SHA256-Key-ID header says which key of the set signed. The body has no event id.
/// There is no event id: the digest of what is signed stands in. It covers the time, so a retry that is
/// signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct ShipEngine;

impl Provider for ShipEngine {
    const SCHEME: Scheme = Scheme::rsa_sha256("shipengine")
        .signature(header("x-shipengine-rsa-sha256-signature").base64())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(header("x-shipengine-timestamp").rfc3339())
        .key(KeyForm::BASE64)
        .key_named(header("x-shipengine-rsa-sha256-key-id"))
        .event_type(json("/resource_type"));
}
