use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [AssemblyAI](https://www.assemblyai.com/docs/deployment/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the value given as webhook_auth_header_value with the transcript request, as text.
/// Name and value of the header are chosen with each transcript request; set webhook_auth_header_name
/// to X-Webhook-Secret for this scheme. The transcript id is the id of the event. A failed delivery is
/// attempted up to ten times, ten seconds apart. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct AssemblyAI;

impl Provider for AssemblyAI {
    const SCHEME: Scheme = Scheme::token("assemblyai")
        .signature(header("x-webhook-secret").raw())
        .id(json("/transcript_id"))
        .event_type(json("/status"))
        .retries_for_hours(1);
}
