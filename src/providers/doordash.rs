use super::Provider;
use crate::scheme::{Scheme, json};

/// [DoorDash Drive](https://developer.doordash.com/en-US/docs/drive/how_to/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is `user:password` as registered for the webhook in the developer portal. There is no
/// event id, and the events `dasher_enroute_…`, which tell where the Dasher is, come many times with
/// the same name for one delivery: the digest of the body stands in. OAuth tokens, which DoorDash
/// offers as well, are not covered by this scheme.
#[derive(Clone, Copy, Debug)]
pub struct DoorDash;

impl Provider for DoorDash {
    const SCHEME: Scheme = Scheme::basic("doordash").event_type(json("/event_name"));
}
