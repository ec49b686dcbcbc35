use super::Provider;
use crate::scheme::{Scheme, json};

/// [Prismic](https://prismic.io/docs/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the text entered in the webhook's settings; it comes back in the body, at /secret. The
/// secret travels in the body: keep bodies out of logs. /masterRef names a state of the repository and
/// is not in every event. A test from the settings page has the type test-trigger; real changes have
/// api-update. Every answer but 200 is retried, every ten minutes and five times at most. There is no
/// event id, and a tag that is made, deleted and made again gives the same bytes: a repeat is told only
/// while its twin is handled. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Prismic;

impl Provider for Prismic {
    const SCHEME: Scheme = Scheme::token("prismic")
        .signature(json("/secret").raw())
        .event_type(json("/type"))
        .retries_for_hours(1)
        .acknowledged(200, "")
        .repeats();
}
