use super::Provider;
use crate::scheme::{
    Part::{Body, Url},
    Scheme, header, json,
};

/// [Square](https://developer.squareup.com/docs/webhooks/step3validate).
///
/// The signature covers the body, the event id, the event type and the URL.
///
/// The secret is the subscription's signature key from the developer console, given as it is shown. The
/// notification URL is signed exactly as it is registered with Square: `public_url` is its scheme and
/// host, and path, trailing slash and query must arrive as they are registered. The older header
/// `X-Square-Signature` with SHA-1 is not looked at. The event id stays the same over up to 11 retries
/// within a day. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Square;

impl Provider for Square {
    const SCHEME: Scheme = Scheme::hmac_sha256("square")
        .signature(header("x-square-hmacsha256-signature").base64())
        .signs(&[Url, Body])
        .id(json("/event_id"))
        .event_type(json("/type"))
        .retries_for_hours(24);
}
