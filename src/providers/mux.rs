use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Mux](https://docs.mux.com/core/verify-webhook-signatures).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's signing secret from the dashboard, given as it is shown. Each
/// environment has webhooks and secrets of its own. Failed deliveries are retried for 24 hours, with
/// the same event id. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Mux;

impl Provider for Mux {
    const SCHEME: Scheme = Scheme::hmac_sha256("mux")
        .signature(header("mux-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(24);
}
