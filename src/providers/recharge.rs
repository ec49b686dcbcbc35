use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header,
};

/// [Recharge](https://docs.getrecharge.com/docs/webhooks-overview#validating-webhooks).
///
/// The signature covers the body and the timestamp, but not the event type.
///
/// The secret is the client secret of the API token, not the access token, given as text. Retries keep
/// the first timestamp, so a delivery may be up to 48 hours old and still be genuine. The body has no
/// event id. Recharge takes every answer but 408, 429 and 5xx as received: an error that shall be
/// retried must be one of these. It waits five seconds, and after twenty failed tries it deletes the
/// webhook. There is no event id: the digest of what is signed stands in, together with the type, since
/// events of different types can have the same body. Retries: for up to 48 hours.
#[derive(Clone, Copy, Debug)]
pub struct Recharge;

impl Provider for Recharge {
    const SCHEME: Scheme = Scheme::hmac_sha256("recharge")
        .signature(header("x-recharge-webhook-signature").pairs(',', '=', "v1").spaced())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds().tolerance_secs(172800))
        .event_type(header("x-recharge-topic"))
        .retries_for_hours(48)
        .repeats_across_types();
}
