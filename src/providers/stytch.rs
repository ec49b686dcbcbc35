use super::{Provider, standard_webhooks::svix};
use crate::scheme::{Scheme, all, json};

/// [Stytch](https://stytch.com/docs/guides/implementation/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_…` text from the dashboard, given as it is shown. Stytch
/// delivers through Svix, whose message id stays the same over retries. The event type is made of the
/// action and the type of object.
#[derive(Clone, Copy, Debug)]
pub struct Stytch;

impl Provider for Stytch {
    const SCHEME: Scheme =
        svix(Scheme::hmac_sha256("stytch")).event_type(all(&[json("/action"), json("/object_type")]));
}
