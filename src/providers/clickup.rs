use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [ClickUp](https://developer.clickup.com/docs/webhooksignature).
///
/// The signature covers the body and the event type.
///
/// The secret is the one in the answer that created the webhook, given as it is shown. There is no
/// event id: bodies with history_items have one in each item, others, such as those of deletions, have
/// none. Each webhook has its own secret. ClickUp waits seven seconds, tries five times, and suspends a
/// webhook after 100 failures. Many providers name their header X-Signature, so route ClickUp to a path
/// of its own. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct ClickUp;

impl Provider for ClickUp {
    const SCHEME: Scheme = Scheme::hmac_sha256("clickup")
        .signature(header("x-signature").hex())
        .signs(&[Body])
        .event_type(json("/event"));
}
