use super::Provider;
use crate::scheme::{Part::Body, Payload, Scheme, header};

/// [GitHub, SHA-1](https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text given in the hook's settings. This is for old senders that offer nothing but
/// SHA-1: prefer `GitHub` wherever `X-Hub-Signature-256` is sent. A redelivery by hand keeps the id.
/// With the content type for forms, the signature covers the form as it was sent.
///
/// **Some events hold no time and nothing else that changes**, above all those about members and
/// authorisations; the later one of two that are equal is taken for a replay and not handled: see
/// [`GitHub`](super::GitHub).
#[derive(Clone, Copy, Debug)]
pub struct GitHubSha1;

impl Provider for GitHubSha1 {
    const SCHEME: Scheme = Scheme::hmac_sha1("github-sha1")
        .signature(header("x-hub-signature").prefix("sha1="))
        .signs(&[Body])
        .id(header("x-github-delivery"))
        .event_type(header("x-github-event"))
        .payload(Payload::JsonOrFormField("payload"));
}
