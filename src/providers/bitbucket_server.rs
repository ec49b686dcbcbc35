use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, When, first, header, json};

/// [Bitbucket Data
/// Center](https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text that was set as the secret of the webhook. The connection test sends the
/// event diagnostics:ping without a signature and wants a 200. Bitbucket
/// gives each request an id of its own in X-Request-Id.
#[derive(Clone, Copy, Debug)]
pub struct BitbucketServer;

impl Provider for BitbucketServer {
    const SCHEME: Scheme = Scheme::hmac_sha256("bitbucket-server")
        .signature(header("x-hub-signature").prefix("sha256="))
        .signs(&[Body])
        .handshakes(&[Handshake::post().when(&[When::Is(header("x-event-key"), "diagnostics:ping")])])
        .id(header("x-request-id"))
        .event_type(first(&[json("/eventKey"), header("x-event-key")]));
}
