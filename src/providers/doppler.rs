use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Doppler](https://docs.doppler.com/docs/webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the signing secret entered for the webhook in the project's settings, used as text.
/// There is no timestamp and no known event id. There is no event id: the digest of what is signed
/// stands in.
#[derive(Clone, Copy, Debug)]
pub struct Doppler;

impl Provider for Doppler {
    const SCHEME: Scheme = Scheme::hmac_sha256("doppler")
        .signature(header("x-doppler-signature").prefix("sha256="))
        .signs(&[Body])
        .event_type(json("/type"));
}
