use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [JFrog Artifactory](https://jfrog.com/help/r/jfrog-platform-administration-documentation/webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the secret token of the webhook, given as text. The webhook must be set to use its
/// secret for signing; otherwise the header holds the secret itself. There is no event id, and an
/// artifact that is deployed again can be the same bytes: a repeat is told only while its twin is
/// handled.
#[derive(Clone, Copy, Debug)]
pub struct JFrog;

impl Provider for JFrog {
    const SCHEME: Scheme = Scheme::hmac_sha256("jfrog")
        .signature(header("x-jfrog-event-auth").hex())
        .signs(&[Body])
        .event_type(json("/event_type"))
        .repeats();
}
