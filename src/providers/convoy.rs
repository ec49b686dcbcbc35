use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, first, header,
};

/// [Convoy, advanced signatures](https://github.com/frain-dev/convoy).
///
/// The signature covers the body and the timestamp, but not the event id.
///
/// The secret is the endpoint's secret in Convoy, used as text. Where Convoy passes on what others sent,
/// this says that it came through Convoy, not who sent it: have the source there
/// [verify](https://docs.getconvoy.io/product-manual/sources) that. A project can choose another header
/// name, SHA-512 or base64; this scheme reads hex SHA-256 in `X-Convoy-Signature`. Between the timestamp
/// and the body stands a comma, not a full stop. The idempotency key is there only where the sender gave
/// one or Convoy made one, and the id of the delivery only where the project sends it; without both, a
/// retry that is signed anew is not recognised. During a rotation the header holds one entry for each
/// active secret.
#[derive(Clone, Copy, Debug)]
pub struct Convoy;

impl Provider for Convoy {
    const SCHEME: Scheme = Scheme::hmac_sha256("convoy")
        .signature(header("x-convoy-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit(","), Body])
        .timestamp(field("t").seconds())
        .id(first(&[header("x-convoy-idempotency-key"), header("x-convoy-eventdelivery-id")]));
}

/// [Convoy, advanced signatures, in base64](https://github.com/frain-dev/convoy).
///
/// The signature covers the body and the timestamp, but not the event id.
///
/// The secret is the endpoint's secret in Convoy, used as text. Where Convoy passes on what others sent,
/// this says that it came through Convoy, not who sent it: have the source there
/// [verify](https://docs.getconvoy.io/product-manual/sources) that. A project can choose another header
/// name, SHA-512 or base64; this scheme reads hex SHA-256 in `X-Convoy-Signature`. Between the timestamp
/// and the body stands a comma, not a full stop. The idempotency key is there only where the sender gave
/// one or Convoy made one, and the id of the delivery only where the project sends it; without both, a
/// retry that is signed anew is not recognised. During a rotation the header holds one entry for each
/// active secret.
#[derive(Clone, Copy, Debug)]
pub struct ConvoyBase64;

impl Provider for ConvoyBase64 {
    const SCHEME: Scheme = Scheme::hmac_sha256("convoy-base64")
        .signature(header("x-convoy-signature").pairs(',', '=', "v1").base64())
        .signs(&[Timestamp, Lit(","), Body])
        .timestamp(field("t").seconds())
        .id(first(&[header("x-convoy-idempotency-key"), header("x-convoy-eventdelivery-id")]));
}
