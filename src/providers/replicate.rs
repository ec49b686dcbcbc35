use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{Scheme, json};

/// [Replicate](https://replicate.com/docs/topics/webhooks/verify-webhook).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the account's or organization's signing secret, read from the API at
/// /v1/webhooks/default/secret, given with its whsec_ prefix. One secret signs for all webhooks of the
/// account or organization. Retries keep the id. The body is the prediction or training, and its status
/// stands for the event type: several deliveries of one prediction may have the same status. Which
/// stages are sent is chosen per prediction with webhook_events_filter.
#[derive(Clone, Copy, Debug)]
pub struct Replicate;

impl Provider for Replicate {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("replicate")).event_type(json("/status"));
}
