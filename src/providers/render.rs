use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::Scheme;

/// [Render](https://render.com/docs/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's signing secret from the dashboard, given with its whsec_ prefix. Retries
/// keep the id. The body holds little more than ids: fetch the event through the API.
#[derive(Clone, Copy, Debug)]
pub struct Render;

impl Provider for Render {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("render"));
}
