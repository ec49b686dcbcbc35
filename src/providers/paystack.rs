use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Paystack](https://paystack.com/docs/payments/webhooks/#signature-validation).
///
/// The signature covers the body and the event type.
///
/// The secret is the API secret key, sk_live_ or sk_test_, given as text. There is no webhook secret of
/// its own: a new API key changes the signatures too. There is no event id: the digest of what is
/// signed stands in. The event customeridentification.failed has no time, so one that fails again in
/// the same way within a week is taken for a repeat. Retries: for up to 73 hours.
#[derive(Clone, Copy, Debug)]
pub struct Paystack;

impl Provider for Paystack {
    const SCHEME: Scheme = Scheme::hmac_sha512("paystack")
        .signature(header("x-paystack-signature").hex())
        .signs(&[Body])
        .event_type(json("/event"))
        .retries_for_hours(73)
        .acknowledged(200, "");
}
