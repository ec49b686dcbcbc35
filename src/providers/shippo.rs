use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Shippo](https://docs.goshippo.com/docs/tracking/webhooksecurity/).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the HMAC secret that Shippo's support hands out, given as text. Signatures must be
/// switched on for the account by Shippo's support; without them a token in the webhook's URL is all
/// there is. The body has no event id. There is no event id: the digest of what is signed stands in. It
/// covers the time, so a retry that is signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct Shippo;

impl Provider for Shippo {
    const SCHEME: Scheme = Scheme::hmac_sha256("shippo")
        .signature(header("shippo-auth-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .event_type(json("/event"));
}
