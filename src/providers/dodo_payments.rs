use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::Scheme;

/// [Dodo Payments](https://docs.dodopayments.com/developer-resources/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_` text from the dashboard, given whole. This is the Standard
/// Webhooks form. The id stays the same over all eight attempts. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct DodoPayments;

impl Provider for DodoPayments {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("dodo-payments")).retries_for_hours(28);
}
