use super::Provider;
use crate::scheme::{
    Handshake,
    Part::{Body, Url},
    Scheme, header, json,
};

/// [Trello](https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures).
///
/// The signature covers the body, the event id, the event type and the URL.
///
/// The secret is the application's OAuth secret, shown with its API key, given as it is shown. The
/// callback URL is signed exactly as it was registered: `public_url` is its scheme and host, and the path
/// must arrive as it was registered. Creating a webhook sends a HEAD request to the URL, which must be answered with 200. The
/// action id stays the same over the three retries. An answer of 410 deletes the webhook. Retries: for
/// up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Trello;

impl Provider for Trello {
    const SCHEME: Scheme = Scheme::hmac_sha1("trello")
        .signature(header("x-trello-webhook").base64())
        .signs(&[Body, Url])
        .handshakes(&[Handshake::head()])
        .id(json("/action/id"))
        .event_type(json("/action/type"))
        .retries_for_hours(1);
}
