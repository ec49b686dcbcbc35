use super::Provider;
use crate::scheme::{Scheme, header};

/// [Buildkite, token](https://github.com/buildkite/docs).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the token of the webhook from its notification settings, given as it is shown. The
/// token itself travels with each request; Buildkite can send a signature instead. A delivery has no id
/// that is known to stay the same. There is no event id, and an agent whose registration is blocked
/// again gives the same bytes: a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct BuildkiteToken;

impl Provider for BuildkiteToken {
    const SCHEME: Scheme = Scheme::token("buildkite-token")
        .signature(header("x-buildkite-token").raw())
        .event_type(header("x-buildkite-event"))
        .repeats();
}
