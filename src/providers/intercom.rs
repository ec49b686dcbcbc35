use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, When, header, json};

/// [Intercom](https://developers.intercom.com/docs/webhooks/webhook-notifications#signed-notifications).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the app's client secret, given as it is shown. The signature is an HMAC with SHA-1.
/// Saving the URL sends a `HEAD` request that must get 200, then a notification with the topic `ping`,
/// whose id is null; the gate answers both. The body counts the tries, so a retry has other bytes and
/// the same id. A failed delivery is tried once more after a minute; after a 429, deliveries are
/// [delayed](https://developers.intercom.com/docs/webhooks/webhook-notifications) by up to two hours.
/// Retries: for up to 3 hours.
#[derive(Clone, Copy, Debug)]
pub struct Intercom;

impl Provider for Intercom {
    const SCHEME: Scheme = Scheme::hmac_sha1("intercom")
        .signature(header("x-hub-signature").prefix("sha1="))
        .signs(&[Body])
        .handshakes(&[
            Handshake::head(),
            Handshake::post().signed().when(&[When::Is(json("/topic"), "ping")]),
        ])
        .id(json("/id"))
        .event_type(json("/topic"))
        .retries_for_hours(3);
}
