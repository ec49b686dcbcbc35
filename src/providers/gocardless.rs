use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [GoCardless](https://developer.gocardless.com/api-reference/#webhooks-overview).
///
/// The signature covers the body.
///
/// The secret is the webhook endpoint's secret from the dashboard, used as text. One request carries up
/// to 250 events: handle and remember each by its own id. The `webhook_id` under `/meta` names a
/// delivery and not an event. The event type here is the resource type; what happened to it stands in
/// `action`. GoCardless retries up to eight times. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct GoCardless;

impl Provider for GoCardless {
    const SCHEME: Scheme = Scheme::hmac_sha256("gocardless")
        .signature(header("webhook-signature").hex())
        .signs(&[Body])
        .batch(Batch::of("/events").id("/id").event_type("/resource_type"));
}
