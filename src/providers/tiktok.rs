use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [TikTok for Developers](https://developers.tiktok.com/doc/webhooks-verification).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the app's client secret, given as it is shown. Events have no id, and a time of their
/// own: the digest of the body names them, whenever a retry is signed. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct TikTok;

impl Provider for TikTok {
    const SCHEME: Scheme = Scheme::hmac_sha256("tiktok")
        .signature(header("tiktok-signature").pairs(',', '=', "s"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .event_type(json("/event"))
        .named_by_body()
        .retries_for_hours(72);
}
