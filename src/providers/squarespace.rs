use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [Squarespace](https://developers.squarespace.com/commerce-apis/webhook-subscriptions-overview).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the hexadecimal text that the API returns with the webhook subscription, given as it
/// is; its decoded bytes are the key. The notification's id stays the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Squarespace;

impl Provider for Squarespace {
    const SCHEME: Scheme = Scheme::hmac_sha256("squarespace")
        .signature(header("squarespace-signature").hex())
        .signs(&[Body])
        .key(KeyForm::HEX)
        .id(json("/id"))
        .event_type(json("/topic"));
}
