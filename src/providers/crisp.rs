use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Crisp](https://docs.crisp.chat/references/web-hooks/v1/).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the hook's signing secret as Crisp shows it, used as text. Events have no id of their
/// own; the fingerprint in `/data` names a message and not an event. The timestamp header counts
/// milliseconds. The body has a time of its own: its digest names the event, whenever a retry is signed.
#[derive(Clone, Copy, Debug)]
pub struct Crisp;

impl Provider for Crisp {
    const SCHEME: Scheme = Scheme::hmac_sha256("crisp")
        .signature(header("x-crisp-signature").hex())
        .signs(&[Lit("["), Timestamp, Lit(";"), Body, Lit("]")])
        .timestamp(header("x-crisp-request-timestamp").millis().not_enforced())
        .event_type(json("/event"))
        .named_by_body();
}
