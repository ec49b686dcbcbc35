use super::Provider;
use crate::scheme::{
    Batch,
    Part::{Body, Lit, Timestamp},
    Scheme, field, header,
};

/// [Tailscale](https://tailscale.com/kb/1213/webhooks#verifying-an-event-signature).
///
/// The signature covers the body and the timestamp.
///
/// The secret is the `tskey-webhook-…` text shown when the webhook is created, given as it is shown.
/// The body is an array of events, none of which has an id. A failing answer holds up later events, so
/// answer with success unless the failure is a passing one. Retries go on for up to a day. A delivery
/// may carry several events. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Tailscale;

impl Provider for Tailscale {
    const SCHEME: Scheme = Scheme::hmac_sha256("tailscale")
        .signature(header("tailscale-webhook-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .batch(Batch::of("").event_type("/type"))
        .retries_for_hours(24);
}
