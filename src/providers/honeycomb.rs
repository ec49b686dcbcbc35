use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Honeycomb](https://docs.honeycomb.io/notify/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the shared secret of the webhook recipient in the team's settings, given as text. The
/// token is sent only where a shared secret is set for the recipient. The body's `/id` is that of the
/// trigger and comes again each time it fires; the header `X-Honeycomb-Webhook-Delivery-ID` names a
/// delivery. Without it a trigger that fires again can be equal byte for byte: then a repeat is told
/// only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Honeycomb;

impl Provider for Honeycomb {
    const SCHEME: Scheme = Scheme::token("honeycomb")
        .signature(header("x-honeycomb-webhook-token").raw())
        .id(header("x-honeycomb-webhook-delivery-id"))
        .event_type(json("/status"))
        .repeats();
}
