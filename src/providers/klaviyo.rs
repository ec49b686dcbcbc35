use super::Provider;
use crate::scheme::{
    Batch,
    Part::{Body, Header},
    Scheme, header,
};

/// [Klaviyo system webhooks](https://developers.klaviyo.com/en/docs/working_with_system_webhooks).
///
/// The signature covers the body and the timestamp.
///
/// The secret is the secret key given when the webhook was made, as text. A body holds up to a thousand
/// events in `/data`. The body's `/meta/klaviyo_webhook_id` is signed; the header `Klaviyo-Webhook-Id`
/// is not. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct Klaviyo;

impl Provider for Klaviyo {
    const SCHEME: Scheme = Scheme::hmac_sha256("klaviyo")
        .signature(header("klaviyo-signature").hex())
        .signs(&[Body, Header("klaviyo-timestamp")])
        .batch(Batch::of("/data").id("/external_id").event_type("/topic"));
}
