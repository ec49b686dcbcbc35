use super::Provider;
use crate::scheme::{Part::Body, Scheme, first, header, json};

/// [Uber](https://developer.uber.com/docs/deliveries/guides/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the application's client secret, or for Uber Direct the webhook's signing key, given
/// as it is shown. The events of Uber Direct have id and type at `/id` and `/kind`, others at
/// `/event_id` and `/event_type`. The event id stays the same over retries. Uber tries again seven times with growing
/// pauses, within about an hour. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Uber;

impl Provider for Uber {
    const SCHEME: Scheme = Scheme::hmac_sha256("uber")
        .signature(header("x-uber-signature").hex())
        .signs(&[Body])
        .id(first(&[json("/event_id"), json("/id")]))
        .event_type(first(&[json("/event_type"), json("/kind")]))
        .retries_for_hours(1)
        .acknowledged(200, "");
}
