use super::Provider;
use crate::scheme::{Part::Body, Scheme, all, header, json};

/// [ClickUp](https://developer.clickup.com/docs/webhooksignature).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the one in the answer that created the webhook, given as it is shown. The id is that
/// of the webhook, the event and its first item of history; bodies without history_items have none.
/// Each webhook has its own secret. ClickUp waits seven seconds, tries five times, and suspends a
/// webhook after 100 failures. Many providers name their header X-Signature, so route ClickUp to a path
/// of its own. Some events, such as a second change of a folder, are equal byte for byte: where there
/// is no item with an id, a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct ClickUp;

impl Provider for ClickUp {
    const SCHEME: Scheme = Scheme::hmac_sha256("clickup")
        .signature(header("x-signature").hex())
        .signs(&[Body])
        .id(all(&[json("/webhook_id"), json("/event"), json("/history_items/0/id")]))
        .event_type(json("/event"))
        .repeats();
}
