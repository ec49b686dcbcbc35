use super::Provider;
use crate::scheme::{Batch, Handshake, Scheme, json, query};

/// [Microsoft Graph change
/// notifications](https://learn.microsoft.com/graph/change-notifications-delivery-webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the `clientState` that you gave when you made the subscription. Making a subscription
/// sends a `POST` with `validationToken` in the query, whose decoded value must come back as plain text
/// within ten seconds. A body holds several notifications. What becomes of the subscription
/// (`reauthorizationRequired`, `missed`) has that as its type. Many have no id and are equal to the one
/// before byte for byte, so that a repeat is told only while its twin is handled; where a list failed,
/// those are all handled again. Notifications with resource data carry it encrypted, beside tokens in
/// `validationTokens`; neither is read here. A delivery may carry several events. Retries: for up to 4
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct MicrosoftGraph;

impl Provider for MicrosoftGraph {
    const SCHEME: Scheme = Scheme::token("ms-graph")
        .signature(json("/value/0/clientState").raw())
        .handshakes(&[Handshake::post().challenge(query("validationToken")).echoed()])
        .batch(Batch::of("/value").id("/id").event_type("/changeType").or_event_type("/lifecycleEvent"))
        .retries_for_hours(4)
        .repeats();
}
