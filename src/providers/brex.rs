use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{Scheme, json};

/// [Brex](https://developer.brex.com/docs/webhooks/).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook signing secret from the Brex API, base64 with or without whsec_ in front.
/// The scheme is Standard Webhooks. Two signing keys may be active at the same time, and then the
/// header has two v1 entries. Webhook-Id is the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Brex;

impl Provider for Brex {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("brex")).event_type(json("/event_type"));
}
