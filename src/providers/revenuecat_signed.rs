use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [RevenueCat, signature](https://www.revenuecat.com/docs/integrations/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's signing secret from the RevenueCat dashboard, given as text. Signing
/// must be switched on for the webhook in the dashboard. Retries keep the event id and are signed anew
/// with the time of the attempt. While the secret rotates, the header carries several v1 signatures.
/// Retries: for up to 3 hours.
#[derive(Clone, Copy, Debug)]
pub struct RevenueCatSigned;

impl Provider for RevenueCatSigned {
    const SCHEME: Scheme = Scheme::hmac_sha256("revenuecat-signed")
        .signature(header("x-revenuecat-webhook-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .id(json("/event/id"))
        .event_type(json("/event/type"))
        .retries_for_hours(3);
}
