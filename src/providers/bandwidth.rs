use super::Provider;
use crate::scheme::{Batch, Scheme};

/// [Bandwidth, messaging](https://dev.bandwidth.com/docs/messaging/webhooks).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// **Bandwidth sends the credentials only after an answer 401 with `WWW-Authenticate: Basic`**, so the
/// first request comes without them, and the gate's 401, the same for everybody, does not ask for them.
/// Whatever is in front of it has to answer requests without `Authorization` so.
///
/// The secret is user:password as they were set for callbacks of the application. The body is an array of events; the message id in an event is shared by all events
/// about that message and does not name one of them. A callback is repeated for 24 hours until it gets
/// a 2xx. A delivery may carry several events. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Bandwidth;

impl Provider for Bandwidth {
    const SCHEME: Scheme =
        Scheme::basic("bandwidth").batch(Batch::of("").event_type("/type")).retries_for_hours(24);
}
