use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Brevo](https://developers.brevo.com/docs/how-to-use-webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the bearer token that was set for the webhook, given without the word Bearer.
/// Authentication is off unless a token is set on the webhook; this scheme takes a bearer token. The
/// number in id is not unique to one event and is not taken for its id. There is no event id: the
/// digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Brevo;

impl Provider for Brevo {
    const SCHEME: Scheme = Scheme::token("brevo")
        .signature(header("authorization").prefix("Bearer ").raw())
        .event_type(json("/event"));
}
