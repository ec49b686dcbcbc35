use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [PagerDuty, version 3](https://developer.pagerduty.com/docs/verifying-webhook-signatures).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook subscription's secret, shown when the subscription is created, given as
/// text although it looks like base64. Retries keep the event id; the X-Webhook-Id header names the
/// subscription. While two secrets overlap, the header carries a signature for each. An answer of 410
/// disables the subscription. Retries: for up to 48 hours.
#[derive(Clone, Copy, Debug)]
pub struct PagerDuty;

impl Provider for PagerDuty {
    const SCHEME: Scheme = Scheme::hmac_sha256("pagerduty")
        .signature(header("x-pagerduty-signature").pairs(',', '=', "v1"))
        .signs(&[Body])
        .id(json("/event/id"))
        .event_type(json("/event/event_type"))
        .retries_for_hours(48);
}
