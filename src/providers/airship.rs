use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header,
};

/// [Airship](https://docs.airship.com/).
///
/// The signature covers the body and the timestamp.
///
/// The secret is the secret key that is set for signature hash authentication of the webhook, given as
/// text. No event id is known for these deliveries. The timestamp is signed in front of the body with a
/// colon between them. There is no event id: the digest of what is signed stands in. It covers the
/// time, so a retry that is signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct Airship;

impl Provider for Airship {
    const SCHEME: Scheme = Scheme::hmac_sha256("airship")
        .signature(header("x-ua-signature").hex())
        .signs(&[Timestamp, Lit(":"), Body])
        .timestamp(header("x-ua-timestamp").seconds());
}
