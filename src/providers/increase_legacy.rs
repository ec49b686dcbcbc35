use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Increase, legacy header](https://github.com/Increase/increase-python).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the event subscription's shared secret, given as text. The time in the header is
/// written as in RFC 3339, and is signed as it is written.
#[derive(Clone, Copy, Debug)]
pub struct IncreaseLegacy;

impl Provider for IncreaseLegacy {
    const SCHEME: Scheme = Scheme::hmac_sha256("increase-legacy")
        .signature(header("increase-webhook-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").rfc3339())
        .id(json("/id"))
        .event_type(json("/category"));
}
