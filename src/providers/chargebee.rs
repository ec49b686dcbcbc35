use super::Provider;
use crate::scheme::{Scheme, json};

/// [Chargebee](https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is user:password as they were set for Basic authentication of the webhook. Chargebee
/// signs nothing: set a user and a password on the webhook. The event id is the same in up to seven
/// retries over about three days. A password may contain colons, a user name may not. Retries: for up
/// to 79 hours.
#[derive(Clone, Copy, Debug)]
pub struct Chargebee;

impl Provider for Chargebee {
    const SCHEME: Scheme =
        Scheme::basic("chargebee").id(json("/id")).event_type(json("/event_type")).retries_for_hours(79);
}
