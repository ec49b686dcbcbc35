use super::Provider;
use crate::scheme::{Batch, Handshake, Said, Scheme, When, header, json, query};

/// [Azure Event Grid](https://learn.microsoft.com/azure/event-grid/security-authentication).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is a value of your own that stands as the query parameter secret in the endpoint URL of
/// the event subscription, given as text. The URL with its secret may end up in access logs, so keep
/// the query string out of them. A new subscription first sends a SubscriptionValidation whose
/// validationCode has to be returned; check the secret before you answer. In the Event Grid schema the
/// body is always an array, and each event has its own id, the same over retries. The header
/// aeg-event-type tells notifications from validations; the type of an event is in its eventType. A
/// delivery may carry several events. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct AzureEventGrid;

impl Provider for AzureEventGrid {
    const SCHEME: Scheme = Scheme::token("azure-event-grid")
        .signature(query("secret").raw())
        .handshakes(&[Handshake::post()
            .signed()
            .when(&[When::Is(header("aeg-event-type"), "SubscriptionValidation")])
            .challenge(json("/0/data/validationCode"))
            .json(&[Said::Text("{\"validationResponse\":"), Said::Quoted, Said::Text("}")])])
        .event_type(header("aeg-event-type"))
        .batch(Batch::of("").id("/id").event_type("/eventType"))
        .retries_for_hours(24);
}
