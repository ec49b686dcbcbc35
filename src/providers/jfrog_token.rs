use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [JFrog Artifactory, shared
/// token](https://jfrog.com/help/r/jfrog-platform-administration-documentation/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the secret token of the webhook, given as text. The header holds the secret itself
/// where the webhook does not use it for signing; prefer signing. Events have no id. There is no event
/// id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct JFrogToken;

impl Provider for JFrogToken {
    const SCHEME: Scheme = Scheme::token("jfrog-token")
        .signature(header("x-jfrog-event-auth").raw())
        .event_type(json("/event_type"));
}
