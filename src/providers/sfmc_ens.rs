use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [Salesforce Marketing Cloud, Event Notification
/// Service](https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/ens-overview.html).
///
/// The signature covers the body.
///
/// The secret is the callback's signature key, returned once when the callback is created, used as text
/// and not decoded. The body is an array of up to a thousand events, none with an id of its own. **A new
/// callback is verified with a request that carries callbackId and verificationKey, is not signed, and
/// is refused here:** point the callback at a route of your own until both are handed to the API at
/// /platform/v1/ens-verify. Salesforce waits three seconds, and a failed batch may come again for seven
/// days. A delivery may carry several events. Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct SalesforceMarketingCloud;

impl Provider for SalesforceMarketingCloud {
    const SCHEME: Scheme = Scheme::hmac_sha256("sfmc-ens")
        .signature(header("x-sfmc-ens-signature").base64())
        .signs(&[Body])
        .batch(Batch::of("").event_type("/eventCategoryType"))
        .retries_for_hours(168);
}
