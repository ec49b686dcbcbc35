use super::Provider;
use crate::scheme::{Part::Body, Scheme, all, first, header, json, json_integer};

/// [Viber](https://developers.viber.com/docs/api/rest-bot-api/#callbacks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the bot's authentication token, given as it is shown. The message token of a receipt
/// (delivered, seen, failed) is that of the message, so the event and the user belong to the id.
/// Setting the webhook sends the event `webhook`, which must be answered with 200. The message token
/// stays the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Viber;

impl Provider for Viber {
    const SCHEME: Scheme = Scheme::hmac_sha256("viber")
        .signature(header("x-viber-content-signature").hex())
        .signs(&[Body])
        .id(first(&[
            all(&[json("/event"), json_integer("/message_token"), json("/user_id")]),
            all(&[json("/event"), json_integer("/message_token")]),
        ]))
        .event_type(json("/event"));
}
