use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, header, json,
};

/// [Airwallex](https://www.airwallex.com/docs/developer-tools__listen-for-webhook-events).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is that of the notification URL from the web app, used as text with its whsec_ prefix.
/// The timestamp counts milliseconds and is joined to the body without a separator. The id stays the
/// same while Airwallex retries, for up to three days. Airwallex does not say whether the timestamp does
/// too: where retries come too old, give a longer `tolerance`. Airwallex wants the status 200. Retries: for up
/// to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Airwallex;

impl Provider for Airwallex {
    const SCHEME: Scheme = Scheme::hmac_sha256("airwallex")
        .signature(header("x-signature").hex())
        .signs(&[Timestamp, Body])
        .timestamp(header("x-timestamp").millis())
        .acknowledged(200, "")
        .id(json("/id"))
        .event_type(json("/name"));
}
