use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, header, json};

/// [Notion](https://developers.notion.com/reference/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the verification token that Notion posts to the endpoint when the subscription is
/// made, given as text with its secret_ prefix. The first request of a new subscription carries the
/// verification token and is unsigned: note the token and enter it on the integration's page. Retries
/// keep the id, but their bodies count the attempts in /attempt_number and so differ in bytes. Events
/// tell what changed and not the new content: fetch it through the API. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Notion;

impl Provider for Notion {
    const SCHEME: Scheme = Scheme::hmac_sha256("notion")
        .signature(header("x-notion-signature").prefix("sha256="))
        .signs(&[Body])
        .handshakes(&[Handshake::post().challenge(json("/verification_token")).delivers_secret()])
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(24);
}
