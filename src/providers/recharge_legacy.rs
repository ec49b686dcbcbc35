use super::Provider;
use crate::scheme::{
    Part::{Body, Secret},
    Scheme, header,
};

/// [Recharge, legacy
/// signature](https://docs.getrecharge.com/docs/webhooks-overview#validating-webhooks).
///
/// The signature covers the body, but not the event type.
///
/// The secret is the client secret of the API token, not the access token, given as text. The signature
/// is the plain SHA-256 of secret and body and no HMAC: whoever captures a delivery can append bytes to
/// its body and sign the result. Prefer the newer X-Recharge-Webhook-Signature, which comes with each
/// delivery too. The body has no event id. Recharge waits five seconds for a 2xx answer. There is no
/// event id: the digest of what is signed stands in, together with the type, since events of different
/// types can have the same body. Retries: for up to 48 hours.
#[derive(Clone, Copy, Debug)]
pub struct RechargeLegacy;

impl Provider for RechargeLegacy {
    const SCHEME: Scheme = Scheme::digest_sha256("recharge-legacy")
        .signature(header("x-recharge-hmac-sha256").hex())
        .signs(&[Secret, Body])
        .event_type(header("x-recharge-topic"))
        .retries_for_hours(48)
        .repeats_across_types();
}
