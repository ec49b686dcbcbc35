use super::Provider;
use crate::scheme::{Batch, Scheme, json};

/// [Mailjet](https://dev.mailjet.com/email/guides/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is `user:password` as it stands in the URL that was registered. Mailjet signs nothing:
/// user and password are put into the URL and come back as HTTP Basic. A body is one event, or an array
/// of events where grouping is switched on. Events have no id: a message can be opened or clicked many
/// times. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct Mailjet;

impl Provider for Mailjet {
    const SCHEME: Scheme =
        Scheme::basic("mailjet").event_type(json("/event")).batch(Batch::of("").event_type("/event"));
}
