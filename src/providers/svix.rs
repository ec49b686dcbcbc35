use super::{Provider, standard_webhooks::svix};
use crate::scheme::Scheme;

/// [Svix](https://docs.svix.com/receiving/verifying-payloads/how-manual).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_…` text, given as it is shown. The id is the same for every
/// attempt of a message, and each attempt has a timestamp and a signature of its own. Attempts go on
/// for a little over a day; an endpoint that fails for five days is disabled. Some senders have Svix
/// use header names of their own instead of `svix-…`. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct Svix;

impl Provider for Svix {
    const SCHEME: Scheme = svix(Scheme::hmac_sha256("svix")).retries_for_hours(28);
}
