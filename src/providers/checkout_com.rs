use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Checkout.com](https://www.checkout.com/docs/developer-resources/webhooks/manage-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the signature key of the workflow's webhook action, given as it is shown. Accounts
/// from before workflows sign with the API secret key. A new signature key replaces the old one without
/// overlap. The event id is the same in up to eight retries over about three days. Retries: for up to
/// 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct CheckoutCom;

impl Provider for CheckoutCom {
    const SCHEME: Scheme = Scheme::hmac_sha256("checkout-com")
        .signature(header("cko-signature").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"));
}
