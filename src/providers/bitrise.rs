use super::Provider;
use crate::scheme::{Scheme, header};

/// [Bitrise](https://devcenter.bitrise.io/en/apps/webhooks/adding-outgoing-webhooks.html).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the value of the custom header that was set on the outgoing webhook, given as text.
/// Bitrise documents no signature: add a custom header X-Webhook-Token with a long random value to the
/// outgoing webhook. No event id that is known to stay the same comes with a delivery. There is no
/// event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Bitrise;

impl Provider for Bitrise {
    const SCHEME: Scheme = Scheme::token("bitrise")
        .signature(header("x-webhook-token").raw())
        .event_type(header("bitrise-event-type"));
}
