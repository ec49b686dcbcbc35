use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [RevenueCat, authorization header](https://www.revenuecat.com/docs/integrations/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the whole value of the Authorization header as it is set in the dashboard, with Bearer
/// in front if it was entered so. The header is optional in the dashboard: without it RevenueCat sends
/// nothing to check. Retries keep the event id. RevenueCat can sign its webhooks too: prefer that.
/// Retries: for up to 3 hours.
#[derive(Clone, Copy, Debug)]
pub struct RevenueCatToken;

impl Provider for RevenueCatToken {
    const SCHEME: Scheme = Scheme::token("revenuecat")
        .signature(header("authorization").raw())
        .id(json("/event/id"))
        .event_type(json("/event/type"))
        .retries_for_hours(3);
}
