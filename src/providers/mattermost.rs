use super::Provider;
use crate::scheme::{Payload, Scheme, first, form, json};

/// [Mattermost](https://developers.mattermost.com/integrate/webhooks/outgoing/).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the token that Mattermost shows for the outgoing webhook or slash command, as it is
/// shown. An outgoing webhook posts a form or JSON, as its content type is set. The id of a webhook is
/// that of the post; slash commands have a `trigger_id` instead.
#[derive(Clone, Copy, Debug)]
pub struct Mattermost;

impl Provider for Mattermost {
    const SCHEME: Scheme = Scheme::token("mattermost")
        .signature(first(&[json("/token"), form("token")]).raw())
        .id(first(&[json("/post_id"), form("post_id"), form("trigger_id")]))
        .event_type(first(&[json("/trigger_word"), form("trigger_word"), form("command")]))
        .payload(Payload::JsonOrForm("payload"));
}
