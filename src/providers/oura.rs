use super::Provider;
use crate::scheme::{
    Handshake,
    Part::{Body, Timestamp},
    Said, Scheme, When, all, header, json, query,
};

/// [Oura](https://cloud.ouraring.com/v2/docs#tag/Webhook-Subscription-Routes).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the client secret of the Oura API application, given as text. When a subscription is
/// made, Oura sends a GET request with verification_token and challenge: compare the token and answer
/// the challenge as JSON. There is no event id: object, event type and event time together stand for
/// it. Oura wants a 2xx answer within ten seconds and tries up to ten times. Subscriptions expire and
/// must be renewed through the API.
#[derive(Clone, Copy, Debug)]
pub struct Oura;

impl Provider for Oura {
    const SCHEME: Scheme = Scheme::hmac_sha256("oura")
        .signature(header("x-oura-signature").hex())
        .signs(&[Timestamp, Body])
        .timestamp(header("x-oura-timestamp").seconds().not_enforced())
        .handshakes(&[Handshake::get()
            .when(&[When::IsConfigured(query("verification_token"), "verify_token")])
            .challenge(query("challenge"))
            .json(&[Said::Text("{\"challenge\":"), Said::Quoted, Said::Text("}")])])
        .id(all(&[json("/object_id"), json("/event_type"), json("/event_time")]))
        .event_type(all(&[json("/data_type"), json("/event_type")]));
}
