use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Pinwheel](https://docs.pinwheelapi.com/public/docs/webhook-signature).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the API secret of the workspace and environment, given as text. There is no webhook
/// secret of its own: a new API secret changes the signatures too.
#[derive(Clone, Copy, Debug)]
pub struct Pinwheel;

impl Provider for Pinwheel {
    const SCHEME: Scheme = Scheme::hmac_sha256("pinwheel")
        .signature(header("x-pinwheel-signature").prefix("v2="))
        .signs(&[Lit("v2:"), Timestamp, Lit(":"), Body])
        .timestamp(header("x-timestamp").seconds())
        .id(json("/event_id"))
        .event_type(json("/event"));
}
