use super::Provider;
use crate::scheme::{
    Handshake,
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Front, application webhooks](https://dev.frontapp.com/docs/application-webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the application's secret from Front's developer settings, used as text. The timestamp
/// header counts milliseconds. The URL is checked with a request that has `X-Front-Challenge`, whose
/// value must come back in the answer. Rule webhooks are signed in another way: see `FrontRule`. Front
/// retries for a quarter of an hour with the same id and waits five seconds for an answer. Retries: for
/// up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Front;

impl Provider for Front {
    const SCHEME: Scheme = Scheme::hmac_sha256("front")
        .signature(header("x-front-signature").base64())
        .signs(&[Timestamp, Lit(":"), Body])
        .timestamp(header("x-front-request-timestamp").millis())
        .handshakes(&[Handshake::post().signed().challenge(header("x-front-challenge")).echoed()])
        .id(json("/payload/id"))
        .event_type(json("/type"))
        .retries_for_hours(1);
}
