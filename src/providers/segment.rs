use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Segment, webhooks
/// destination](https://segment.com/docs/connections/destinations/catalog/actions-webhook/).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the shared secret from the destination's settings, given as text. The shared secret is
/// optional: without it Segment signs nothing. Leave batching off: a batch is signed with its first
/// event alone and does not verify. The destination's mapping decides what is in the body: keep
/// messageId and type in it. The method is a setting: POST, PUT or PATCH.
#[derive(Clone, Copy, Debug)]
pub struct Segment;

impl Provider for Segment {
    const SCHEME: Scheme = Scheme::hmac_sha1("segment")
        .signature(header("x-signature").hex())
        .signs(&[Body])
        .id(json("/messageId"))
        .event_type(json("/type"))
        .methods(&["POST", "PUT", "PATCH"]);
}
