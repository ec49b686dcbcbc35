use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [JFrog Artifactory, shared
/// token](https://jfrog.com/help/r/jfrog-platform-administration-documentation/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the secret token of the webhook, given as text. The header holds the secret itself
/// where the webhook does not use it for signing; prefer signing. There is no event id, and an artifact
/// that is deployed again can be the same bytes: a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct JFrogToken;

impl Provider for JFrogToken {
    const SCHEME: Scheme = Scheme::token("jfrog-token")
        .signature(header("x-jfrog-event-auth").raw())
        .event_type(json("/event_type"))
        .repeats();
}
