use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, header,
};

/// [BambooHR](https://documentation.bamboohr.com/docs/webhooks).
///
/// The signature covers the body and the timestamp.
///
/// The secret is the private key of the webhook, which BambooHR shows once, when the webhook is
/// created, given as text. The private key is shown only when the webhook is created and cannot be read
/// later. The signed text is the body followed at once by the timestamp. Bodies carry neither an event
/// id nor an event type for the delivery as a whole. There is no event id: the digest of what is signed
/// stands in.
#[derive(Clone, Copy, Debug)]
pub struct BambooHR;

impl Provider for BambooHR {
    const SCHEME: Scheme = Scheme::hmac_sha256("bamboohr")
        .signature(header("x-bamboohr-signature").hex())
        .signs(&[Body, Timestamp])
        .timestamp(header("x-bamboohr-timestamp").seconds());
}
