use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Modern Treasury](https://docs.moderntreasury.com/platform/docs/verifying-webhooks).
///
/// The signature covers the body and the event type, but not the event id.
///
/// The secret is the webhook key from the webhook settings page, one for each environment, given as
/// text. The header `X-Webhook-ID` stays over retries; `X-Delivery-ID` is new with each try. Failed
/// deliveries are retried for about 16 hours. Retries: for up to 16 hours.
#[derive(Clone, Copy, Debug)]
pub struct ModernTreasury;

impl Provider for ModernTreasury {
    const SCHEME: Scheme = Scheme::hmac_sha256("modern-treasury")
        .signature(header("x-signature").hex())
        .signs(&[Body])
        .id(header("x-webhook-id"))
        .event_type(json("/event"))
        .retries_for_hours(16);
}
