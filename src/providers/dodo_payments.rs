use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [Dodo Payments](https://docs.dodopayments.com/developer-resources/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_` text from the dashboard, given whole. This is the Standard
/// Webhooks form. The id stays the same over all eight attempts. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct DodoPayments;

impl Provider for DodoPayments {
    const SCHEME: Scheme = Scheme::hmac_sha256("dodo-payments")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("webhook-id"))
        .event_type(json("/type"))
        .retries_for_hours(28);
}
