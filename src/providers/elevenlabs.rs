use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [ElevenLabs](https://elevenlabs.io/docs/agents-platform/workflows/post-call-webhooks).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the webhook's HMAC secret, shown when it is created, used as text. Events have no id:
/// transcript and audio of one call share a conversation id, and other events have none. The timestamp
/// may be half an hour old, as in the provider's own SDK. Retries are off unless they are switched on
/// for the webhook. A webhook that keeps failing is switched off. There is no event id: the digest of
/// what is signed stands in. It covers the time, so a retry that is signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct ElevenLabs;

impl Provider for ElevenLabs {
    const SCHEME: Scheme = Scheme::hmac_sha256("elevenlabs")
        .signature(header("elevenlabs-signature").pairs(',', '=', "v0"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds().tolerance_secs(1800))
        .event_type(json("/type"));
}
