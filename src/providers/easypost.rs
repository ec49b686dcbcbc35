use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [EasyPost](https://docs.easypost.com/guides/webhooks-guide).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the `webhook_secret` that you gave when the webhook was created, given as it is; it is
/// normalised to NFKD here. Without a secret on the webhook EasyPost does not sign. The event type is
/// the field `description`. EasyPost retries up to six times with the same id and waits seven seconds
/// for an answer.
#[derive(Clone, Copy, Debug)]
pub struct EasyPost;

impl Provider for EasyPost {
    const SCHEME: Scheme = Scheme::hmac_sha256("easypost")
        .signature(header("x-hmac-signature").prefix("hmac-sha256-hex="))
        .signs(&[Body])
        .key(KeyForm::ASCII)
        .id(json("/id"))
        .event_type(json("/description"));
}
