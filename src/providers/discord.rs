use super::Provider;
use crate::scheme::{
    Handshake, KeyForm,
    Part::{Body, Header},
    Said, Scheme, When, first, header, json, json_integer,
};

/// [Discord, interactions and webhook
/// events](https://docs.discord.com/developers/interactions/overview#setting-up-an-endpoint).
///
/// The signature covers the body, the event id and the event type.
///
/// The key is the application's public key from the developer portal, given in hex as it is shown
/// there. The id is that of an interaction; webhook events have none and are named by their body, which
/// has a time of its own. Discord documents no age limit for the signed timestamp, so none is enforced.
/// Type 1 is the PING of interactions, and of webhook events an event. Discord tests an endpoint with a
/// PING and with wrong signatures, to which it wants a 401; the answer to a PING has to have a
/// `Content-Type`, with a body or without. Interactions want an answer within three
/// seconds and are not retried. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Discord;

impl Provider for Discord {
    const SCHEME: Scheme = Scheme::ed25519("discord")
        .signature(header("x-signature-ed25519").hex())
        .signs(&[Header("x-signature-timestamp"), Body])
        .key(KeyForm::HEX)
        .handshakes(&[
            Handshake::post()
                .signed()
                .when(&[When::IsInteger(json_integer("/type"), 1), When::Absent("/event")])
                .json(&[Said::Text("{\"type\":1}")]),
            Handshake::post()
                .signed()
                .when(&[When::IsInteger(json_integer("/type"), 0)])
                .status(204)
                .headers(&[("content-type", Said::Text("application/json"))]),
        ])
        .id(json("/id"))
        .event_type(first(&[json("/event/type"), json_integer("/type")]))
        .named_by_body()
        .retries_for_hours(1);
}
