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
/// transcript and audio of one call share a conversation id, and other events have none. The body has a
/// time of its own: its digest names the event, whenever a retry is signed. The timestamp may be an hour
/// old: retries, where they are switched on for the webhook, go on for 41 minutes, and the provider does
/// not say with which time. A webhook that keeps failing is switched off. Audio of a call is often longer
/// than the default `body_limit`. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct ElevenLabs;

impl Provider for ElevenLabs {
    const SCHEME: Scheme = Scheme::hmac_sha256("elevenlabs")
        .signature(header("elevenlabs-signature").pairs(',', '=', "v0"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds().tolerance_secs(3600))
        .event_type(json("/type"))
        .named_by_body()
        .retries_for_hours(1);
}
