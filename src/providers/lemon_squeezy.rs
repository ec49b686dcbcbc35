use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Lemon Squeezy](https://docs.lemonsqueezy.com/help/webhooks/signing-requests).
///
/// The signature covers the body and the event type.
///
/// The secret is the signing secret entered for the webhook, of 6 to 40 characters, given as text;
/// choose a long one. Events have no id: one is told by its name, the object's id and
/// `/data/attributes/updated_at`. A failed delivery is tried three times more within a few minutes.
/// There is no event id: the digest of what is signed stands in. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct LemonSqueezy;

impl Provider for LemonSqueezy {
    const SCHEME: Scheme = Scheme::hmac_sha256("lemon-squeezy")
        .signature(header("x-signature").hex())
        .signs(&[Body])
        .event_type(json("/meta/event_name"))
        .retries_for_hours(1)
        .acknowledged(200, "");
}
