use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Lob](https://docs.lob.com/#tag/Webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's secret from the dashboard, given as text. Lob does not document the unit
/// of the timestamp; receivers report milliseconds. It is not judged.
#[derive(Clone, Copy, Debug)]
pub struct Lob;

impl Provider for Lob {
    const SCHEME: Scheme = Scheme::hmac_sha256("lob")
        .signature(header("lob-signature").hex())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(header("lob-signature-timestamp").millis().not_enforced())
        .id(json("/id"))
        .event_type(json("/event_type/id"));
}
