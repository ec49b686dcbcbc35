use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [New Relic
/// workflows](https://docs.newrelic.com/docs/alerts-applied-intelligence/notifications/notification-integrations/#webhook).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is a value of your choice, entered for the webhook destination as the custom header
/// `X-NR-Token`. New Relic signs nothing: add the custom header `X-NR-Token` to the destination. The
/// body follows your template; with `/state` in it there is an event type. An issue's id comes again
/// with each change of its state, so events have no id. There is no event id, and a template without an
/// issue's id and a time gives the same bytes when a condition is broken again: a repeat is told only
/// while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct NewRelic;

impl Provider for NewRelic {
    const SCHEME: Scheme =
        Scheme::token("new-relic").signature(header("x-nr-token").raw()).event_type(json("/state")).repeats();
}
