use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Ramp](https://docs.ramp.com/developer-api/v1/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook subscription's secret, returned when the subscription is created, given as
/// text. Ramp does not document how the signature is written; hex is assumed here. A new subscription
/// stays pending until the challenge that Ramp sends to the endpoint is handed back through the API.
/// Retries keep the id; events may come out of order.
#[derive(Clone, Copy, Debug)]
pub struct Ramp;

impl Provider for Ramp {
    const SCHEME: Scheme = Scheme::hmac_sha256("ramp")
        .signature(header("x-ramp-signature").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"));
}
