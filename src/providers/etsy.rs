use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{Scheme, json};

/// [Etsy](https://developers.etsy.com/documentation/essentials/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_` text from the webhook portal, given whole. The body names the
/// shop and a `resource_url` only: read the order over the API. Users have reported that the portal's
/// test webhook does not verify. This is the Standard Webhooks form; the id stays the same over
/// retries. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct Etsy;

impl Provider for Etsy {
    const SCHEME: Scheme =
        standard_webhooks(Scheme::hmac_sha256("etsy")).event_type(json("/event_type")).retries_for_hours(28);
}
