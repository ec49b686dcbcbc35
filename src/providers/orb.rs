use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Orb](https://docs.withorb.com/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's signing secret from Orb's webhook settings, given as text. The
/// timestamp is written in ISO 8601 without a zone and means UTC. Retries keep the id.
#[derive(Clone, Copy, Debug)]
pub struct Orb;

impl Provider for Orb {
    const SCHEME: Scheme = Scheme::hmac_sha256("orb")
        .signature(header("x-orb-signature").pairs(' ', '=', "v1"))
        .signs(&[Lit("v1:"), Timestamp, Lit(":"), Body])
        .timestamp(header("x-orb-timestamp").rfc3339_or_utc())
        .id(json("/id"))
        .event_type(json("/type"));
}
