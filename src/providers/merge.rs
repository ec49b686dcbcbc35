use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Merge](https://docs.merge.dev/guides/webhooks/).
///
/// The signature covers the body and the event type.
///
/// The secret is the webhook signature key from the Merge dashboard, given as text. Events have no id:
/// `/hook/id` names the webhook and `/data/id` the object. There is no event id: the digest of what is
/// signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Merge;

impl Provider for Merge {
    const SCHEME: Scheme = Scheme::hmac_sha256("merge")
        .signature(header("x-merge-webhook-signature").base64url())
        .signs(&[Body])
        .event_type(json("/hook/event"));
}
