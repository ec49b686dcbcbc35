use super::Provider;
use crate::scheme::{Part::Body, Scheme, header};

/// [Convoy, simple signatures](https://github.com/frain-dev/convoy).
///
/// The signature covers the body, but not the event id.
///
/// The secret is the endpoint's secret in Convoy, used as text. Where Convoy passes on what others sent,
/// this says that it came through Convoy, not who sent it: have the source there
/// [verify](https://docs.getconvoy.io/product-manual/sources) that. There is no timestamp; prefer the
/// advanced signatures where the sender lets you choose. A project can choose another header name,
/// SHA-512 or base64; this scheme reads hex SHA-256 in `X-Convoy-Signature`. The idempotency key is
/// there only where the sender gave one or Convoy made one.
#[derive(Clone, Copy, Debug)]
pub struct ConvoySimple;

impl Provider for ConvoySimple {
    const SCHEME: Scheme = Scheme::hmac_sha256("convoy-simple")
        .signature(header("x-convoy-signature").hex())
        .signs(&[Body])
        .id(header("x-convoy-idempotency-key"));
}

/// [Convoy, simple signatures, HMAC-SHA-512](https://github.com/frain-dev/convoy).
///
/// The signature covers the body, but not the event id.
///
/// The secret is the endpoint's secret in Convoy, used as text. Where Convoy passes on what others sent,
/// this says that it came through Convoy, not who sent it: have the source there
/// [verify](https://docs.getconvoy.io/product-manual/sources) that. There is no timestamp; prefer the
/// advanced signatures where the sender lets you choose. A project can choose another header name,
/// SHA-512 or base64; this scheme reads hex SHA-256 in `X-Convoy-Signature`. The idempotency key is
/// there only where the sender gave one or Convoy made one.
#[derive(Clone, Copy, Debug)]
pub struct ConvoySimpleSha512;

impl Provider for ConvoySimpleSha512 {
    const SCHEME: Scheme = Scheme::hmac_sha512("convoy-simple-sha512")
        .signature(header("x-convoy-signature").hex())
        .signs(&[Body])
        .id(header("x-convoy-idempotency-key"));
}
