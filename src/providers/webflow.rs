use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Webflow](https://developers.webflow.com/data/docs/working-with-webhooks).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the webhook's own if it was made in the dashboard, or the app's OAuth client secret if
/// an app made it. Webhooks made with a site's API token are not signed. Deliveries have no id:
/// `/payload/id` names the object, which can change more than once. The timestamp is in milliseconds.
/// Webflow retries three times, ten minutes apart. There is no event id: the digest of what is signed
/// stands in. It covers the time, so a retry that is signed anew is not recognised. Retries: for up to
/// 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Webflow;

impl Provider for Webflow {
    const SCHEME: Scheme = Scheme::hmac_sha256("webflow")
        .signature(header("x-webflow-signature").hex())
        .signs(&[Timestamp, Lit(":"), Body])
        .timestamp(header("x-webflow-timestamp").millis())
        .event_type(json("/triggerType"))
        .retries_for_hours(1);
}
