use super::Provider;
use crate::scheme::{
    Handshake,
    Part::{Body, Id, Timestamp},
    Scheme, When, header, json,
};

/// [Twitch
/// EventSub](https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the one given when the subscription is created: 10 to 100 ASCII characters. The
/// message id stays the same over retries. A new subscription is confirmed by a signed request whose
/// `/challenge` must be answered as plain text with 200. Too many failed deliveries revoke the
/// subscription; the revocation comes as a signed message too, of the type that the subscription has:
/// `/subscription/status` tells it apart.
#[derive(Clone, Copy, Debug)]
pub struct Twitch;

impl Provider for Twitch {
    const SCHEME: Scheme = Scheme::hmac_sha256("twitch")
        .signature(header("twitch-eventsub-message-signature").prefix("sha256="))
        .signs(&[Id, Timestamp, Body])
        .timestamp(header("twitch-eventsub-message-timestamp").rfc3339().tolerance_secs(600))
        .handshakes(&[Handshake::post()
            .signed()
            .when(&[When::Is(header("twitch-eventsub-message-type"), "webhook_callback_verification")])
            .challenge(json("/challenge"))
            .echoed()])
        .id(header("twitch-eventsub-message-id"))
        .event_type(json("/subscription/type"));
}
