use super::Provider;
use crate::scheme::{Part::Body, Scheme, all, header, json};

/// [Webex](https://developer.webex.com/messaging/docs/api/guides/webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the one given when the webhook is created, given as it was chosen. The secret is
/// optional; a webhook without one sends no signature. The signature is an HMAC with SHA-1. `/id` is
/// the webhook's and `/data/id` that of the resource, so neither identifies an event. There is no event
/// id, and a member who is made moderator a second time gives the same bytes: a repeat is told only
/// while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Webex;

impl Provider for Webex {
    const SCHEME: Scheme = Scheme::hmac_sha1("webex")
        .signature(header("x-spark-signature").hex())
        .signs(&[Body])
        .event_type(all(&[json("/resource"), json("/event")]))
        .repeats();
}
