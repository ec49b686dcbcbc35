use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Honeycomb](https://docs.honeycomb.io/notify/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the shared secret of the webhook recipient in the team's settings, given as text. The
/// token is sent only where a shared secret is set for the recipient. The body's `/id` is that of the
/// trigger and comes again each time it fires, so events have no id. There is no event id: the digest
/// of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Honeycomb;

impl Provider for Honeycomb {
    const SCHEME: Scheme = Scheme::token("honeycomb")
        .signature(header("x-honeycomb-webhook-token").raw())
        .event_type(json("/status"));
}
