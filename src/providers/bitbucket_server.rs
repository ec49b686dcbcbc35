use super::Provider;
use crate::scheme::{Part::Body, Scheme, first, header, json};

/// [Bitbucket Data
/// Center](https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text that was set as the secret of the webhook. The connection test sends the
/// event diagnostics:ping with a body that says test and has no eventKey; answer it with 200. Bitbucket
/// gives each request an id of its own in X-Request-Id.
#[derive(Clone, Copy, Debug)]
pub struct BitbucketServer;

impl Provider for BitbucketServer {
    const SCHEME: Scheme = Scheme::hmac_sha256("bitbucket-server")
        .signature(header("x-hub-signature").prefix("sha256="))
        .signs(&[Body])
        .id(header("x-request-id"))
        .event_type(first(&[json("/eventKey"), header("x-event-key")]));
}
