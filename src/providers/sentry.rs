use super::Provider;
use crate::scheme::{Part::Body, Scheme, all, header, json};

/// [Sentry, integration
/// platform](https://docs.sentry.io/organization/integrations/integration-platform/webhooks/).
///
/// The signature covers the body, but not the event type.
///
/// The secret is the integration's client secret from its settings page, given as text. Sentry waits
/// one second: answer first and work afterwards. There is no event id: Request-ID is made anew for each
/// delivery. Sentry-Hook-Timestamp is unsigned and proves no freshness. Requests of UI components may
/// carry Sentry-App-Signature in place of Sentry-Hook-Signature. An issue that is resolved twice is the
/// same bytes twice: a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Sentry;

impl Provider for Sentry {
    const SCHEME: Scheme = Scheme::hmac_sha256("sentry")
        .signature(header("sentry-hook-signature").hex())
        .signs(&[Body])
        .event_type(all(&[header("sentry-hook-resource"), json("/action")]))
        .repeats();
}
