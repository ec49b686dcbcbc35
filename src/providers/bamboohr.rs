use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, header, json,
};

/// [BambooHR](https://documentation.bamboohr.com/docs/webhooks).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the private key of the webhook, which BambooHR shows once, when the webhook is
/// created, given as text. The private key is shown only when the webhook is created and cannot be read
/// later. The signed text is the body followed at once by the timestamp. The body of an event-based
/// webhook has a type, at `/type`; others have none. There is no event id: the digest of what is signed
/// stands in. It covers the time, so a retry that is signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct BambooHR;

impl Provider for BambooHR {
    const SCHEME: Scheme = Scheme::hmac_sha256("bamboohr")
        .signature(header("x-bamboohr-signature").hex())
        .signs(&[Body, Timestamp])
        .timestamp(header("x-bamboohr-timestamp").seconds())
        .event_type(json("/type"));
}
