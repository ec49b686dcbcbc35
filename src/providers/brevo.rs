use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Brevo](https://developers.brevo.com/docs/how-to-use-webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// **Brevo gives up after any answer of 5xx**, and after those of 4xx but 429: an event that the gate
/// answers with 503, or whose handler fails, is not sent again. Let handlers answer 429, and let
/// `wait_for_running` and `OnStoreOutage` avoid what can be avoided.
///
/// The secret is the bearer token that was set for the webhook, given without the word Bearer.
/// Authentication is off unless a token is set on the webhook; this scheme takes a bearer token. The
/// number in id is not unique to one event and is not taken for its id. Lists of events
/// (`batched`) are not taken apart. There is no event id: the digest of what is signed stands in.
/// Retries: for up to 12 hours.
#[derive(Clone, Copy, Debug)]
pub struct Brevo;

impl Provider for Brevo {
    const SCHEME: Scheme = Scheme::token("brevo")
        .signature(header("authorization").prefix("Bearer ").raw())
        .event_type(json("/event"))
        .retries_for_hours(12);
}
