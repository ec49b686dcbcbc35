use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Doppler](https://docs.doppler.com/docs/webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the signing secret entered for the webhook in the project's settings, used as text. A
/// payload of your own is the same for every event. There is no event id: the digest of what is signed
/// stands in. Events can be equal byte for byte, so a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Doppler;

impl Provider for Doppler {
    const SCHEME: Scheme = Scheme::hmac_sha256("doppler")
        .signature(header("x-doppler-signature").prefix("sha256="))
        .signs(&[Body])
        .event_type(json("/type"))
        .repeats();
}
