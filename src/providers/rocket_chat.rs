use super::Provider;
use crate::scheme::{Scheme, json};

/// [Rocket.Chat, outgoing integration](https://docs.rocket.chat/docs/integrations).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the token of the outgoing integration, as its settings show it; it comes in the body,
/// at /token. The token travels in the body: keep bodies out of logs. /message_id is the same for a
/// message and its edits, and events without a message have none. /trigger_word is there only where the
/// integration has trigger words. There is no event id, and a message that is edited back to what it
/// said gives the same bytes: a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct RocketChat;

impl Provider for RocketChat {
    const SCHEME: Scheme = Scheme::token("rocket-chat")
        .signature(json("/token").raw())
        .event_type(json("/trigger_word"))
        .repeats();
}
