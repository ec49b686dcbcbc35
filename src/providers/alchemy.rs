use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Alchemy
/// Notify](https://www.alchemy.com/docs/reference/notify-api-quickstart#webhook-signature--security).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the signing key of the webhook from the Alchemy dashboard, used as text with its
/// whsec_ prefix if it has one. Every webhook has its own signing key; the auth token of the account is
/// another secret and does not verify. The id of an event is the same in each of its retries. Retries:
/// for up to 26 hours.
#[derive(Clone, Copy, Debug)]
pub struct Alchemy;

impl Provider for Alchemy {
    const SCHEME: Scheme = Scheme::hmac_sha256("alchemy")
        .signature(header("x-alchemy-signature").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(26);
}
