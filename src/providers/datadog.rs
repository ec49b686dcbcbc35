use super::Provider;
use crate::scheme::{Scheme, header};

/// [Datadog, webhooks integration](https://docs.datadoghq.com/integrations/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is a value of your choice, put as the header `X-Datadog-Token` into the custom headers of
/// the webhook in Datadog. Datadog signs nothing by itself: add the header in the integration's
/// settings, or nothing authenticates the request. The body is a template of yours and has no fixed
/// fields; put `$ID` and `$EVENT_TYPE` into it if you need an id and a type. Datadog tries up to five
/// more times after a 5xx answer or a timeout. There is no event id, and a template without an id and a
/// time gives the same bytes when an alert comes again: a repeat is told only while its twin is
/// handled.
#[derive(Clone, Copy, Debug)]
pub struct Datadog;

impl Provider for Datadog {
    const SCHEME: Scheme = Scheme::token("datadog").signature(header("x-datadog-token").raw()).repeats();
}
