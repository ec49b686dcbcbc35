use super::{Provider, standard_webhooks::either};
use crate::scheme::{Scheme, json};

/// [Lithic](https://docs.lithic.com/docs/events-api#verifying-webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the event subscription's `whsec_…` secret, given as it is shown. Webhooks are sent
/// through Svix, so the headers may come under its names, such as `svix-id`. After the secret is
/// rotated, the old one stays valid for 24 hours. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct Lithic;

impl Provider for Lithic {
    const SCHEME: Scheme =
        either(Scheme::hmac_sha256("lithic")).event_type(json("/event_type")).retries_for_hours(28);
}
