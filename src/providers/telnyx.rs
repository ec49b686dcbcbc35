use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Telnyx](https://developers.telnyx.com/docs/voice/programmable-voice/voice-api-webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The key is the account's public key from the portal, the base64 of 32 bytes, given as it is shown.
/// The event id stays the same over retries and on the failover URL. Telnyx waits two seconds for an
/// answer, tries a URL up to three times and then turns to the failover URL.
#[derive(Clone, Copy, Debug)]
pub struct Telnyx;

impl Provider for Telnyx {
    const SCHEME: Scheme = Scheme::ed25519("telnyx")
        .signature(header("telnyx-signature-ed25519").base64())
        .signs(&[Timestamp, Lit("|"), Body])
        .timestamp(header("telnyx-timestamp").seconds())
        .key(KeyForm::BASE64)
        .id(json("/data/id"))
        .event_type(json("/data/event_type"));
}
