use super::Provider;
use crate::scheme::{
    Part::{Body, Config},
    Scheme, header, json, json_integer,
};

/// TikTok Shop.
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the app secret from the partner center, given as it is shown; the app key is needed
/// beside it. The app key is part of what is signed and must be configured. The signature stands in
/// `Authorization` with no scheme before it. The event type is a number. The notification id stays the
/// same over retries.
#[derive(Clone, Copy, Debug)]
pub struct TikTokShop;

impl Provider for TikTokShop {
    const SCHEME: Scheme = Scheme::hmac_sha256("tiktok-shop")
        .signature(header("authorization").hex())
        .signs(&[Config("app_key"), Body])
        .id(json("/tts_notification_id"))
        .event_type(json_integer("/type"));
}
