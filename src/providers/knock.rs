use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Knock](https://docs.knock.app/developer-tools/outbound-webhooks/overview).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the webhook's signing key from the dashboard, given as text. The time in the header is
/// in milliseconds. Events have no id, and a time of their own in the body: its digest names the event,
/// whenever a retry is signed.
#[derive(Clone, Copy, Debug)]
pub struct Knock;

impl Provider for Knock {
    const SCHEME: Scheme = Scheme::hmac_sha256("knock")
        .signature(header("x-knock-signature").pairs(',', '=', "s").base64())
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").millis())
        .event_type(json("/type"))
        .named_by_body();
}
