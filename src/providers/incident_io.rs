use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{Scheme, json};

/// [incident.io](https://docs.incident.io/integrations/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_…` signing secret, given as it is shown. Webhooks are sent
/// through Svix in the Standard Webhooks form. While an old secret is still valid, the header carries
/// one signature for each secret.
#[derive(Clone, Copy, Debug)]
pub struct IncidentIo;

impl Provider for IncidentIo {
    const SCHEME: Scheme =
        standard_webhooks(Scheme::hmac_sha256("incident-io")).event_type(json("/event_type"));
}
