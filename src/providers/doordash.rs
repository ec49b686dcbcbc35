use super::Provider;
use crate::scheme::{Scheme, all, json};

/// [DoorDash Drive](https://developer.doordash.com/en-US/docs/drive/how_to/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is `user:password` as registered for the webhook in the developer portal. The events have
/// no id, so the delivery together with the event's name stands for one; a second event of the same
/// name for one delivery counts as a repeat. OAuth tokens, which DoorDash offers as well, are not
/// covered by this scheme.
#[derive(Clone, Copy, Debug)]
pub struct DoorDash;

impl Provider for DoorDash {
    const SCHEME: Scheme = Scheme::basic("doordash")
        .id(all(&[json("/external_delivery_id"), json("/event_name")]))
        .event_type(json("/event_name"));
}
