use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{Scheme, json};

/// [Anthropic](https://github.com/anthropics/anthropic-sdk-python).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's whsec_ signing secret, whose rest is base64. The scheme is Standard
/// Webhooks. While a secret is being rotated the header holds one v1 entry per secret. The id in
/// webhook-id is the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Anthropic;

impl Provider for Anthropic {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("anthropic")).event_type(json("/data/type"));
}
