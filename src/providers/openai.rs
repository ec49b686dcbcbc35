use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::Scheme;

/// [OpenAI](https://platform.openai.com/docs/guides/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's signing secret from the project's webhook settings, given with its
/// whsec_ prefix. Retries keep the id of the header; the /id in the body is another one. OpenAI's own
/// library takes a secret without whsec_ as plain text and not as base64. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct OpenAI;

impl Provider for OpenAI {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("openai"));
}
