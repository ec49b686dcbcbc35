use super::Provider;
use crate::scheme::{Part::Json, Scheme, json};

/// [Lever](https://hire.lever.co/developer/documentation#webhooks).
///
/// **The signature covers only these values of the body**: `/token` and `/triggeredAt`. Whoever sees
/// one delivery can change the rest. It covers the timestamp. It does not cover the event id or the
/// event type.
///
/// The secret is the webhook's signature token from Lever's settings, given as text. The signature is
/// in the body, beside the token and the time that it covers. A failed delivery is tried up to five
/// times more.
#[derive(Clone, Copy, Debug)]
pub struct Lever;

impl Provider for Lever {
    const SCHEME: Scheme = Scheme::hmac_sha256("lever")
        .signature(json("/signature").hex())
        .signs(&[Json("/token"), Json("/triggeredAt")])
        .timestamp(json("/triggeredAt").millis().not_enforced())
        .id(json("/id"))
        .event_type(json("/event"));
}
