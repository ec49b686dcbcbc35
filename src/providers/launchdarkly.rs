use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [LaunchDarkly](https://docs.launchdarkly.com/home/infrastructure/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook's secret from the integration's settings, given as text. Signing must be
/// switched on for the webhook. A failed delivery is tried once more, and the order of events is not
/// kept. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct LaunchDarkly;

impl Provider for LaunchDarkly {
    const SCHEME: Scheme = Scheme::hmac_sha256("launchdarkly")
        .signature(header("x-ld-signature").hex())
        .signs(&[Body])
        .id(json("/_id"))
        .event_type(json("/kind"))
        .retries_for_hours(1);
}
