use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, header, json, query};

/// [Nylas](https://developer.nylas.com/docs/v3/notifications/).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook_secret that the API returns when the webhook is created or its secret
/// rotated, given as text. Before a webhook becomes active, Nylas sends a GET request with a challenge
/// parameter and wants exactly its value back within ten seconds. Retries keep the id. With compressed
/// delivery the signature is made over the gzip bytes: nothing in front of the endpoint may decompress
/// them. Rotating the secret ends the old one at once. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Nylas;

impl Provider for Nylas {
    const SCHEME: Scheme = Scheme::hmac_sha256("nylas")
        .signature(header("x-nylas-signature").hex())
        .signs(&[Body])
        .handshakes(&[Handshake::get().challenge(query("challenge")).echoed()])
        .id(json("/id"))
        .event_type(json("/type"));
}
