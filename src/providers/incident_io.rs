use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

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
    const SCHEME: Scheme = Scheme::hmac_sha256("incident-io")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("webhook-id"))
        .event_type(json("/event_type"));
}
