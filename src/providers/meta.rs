use super::Provider;
use crate::scheme::{Batch, Handshake, Part::Body, Scheme, When, header, json, query};

/// [Meta (Facebook, Messenger, Instagram, WhatsApp,
/// Threads)](https://developers.facebook.com/docs/graph-api/webhooks/getting-started).
///
/// The signature covers the body and the event type.
///
/// The secret is the app secret from the app's basic settings, given as it is shown. A body holds up to a
/// thousand updates in `/entry`, each with lists of its own; only single messages in them have ids.
/// Subscribing sends a `GET` with `hub.challenge`, which must be answered with its value once
/// `hub.verify_token` has been compared. The app secret also signs what every user of the app has
/// (`signed_request`): bodies that do not begin as JSON are refused. The SHA-1 signature in
/// `X-Hub-Signature` is not looked at. Failed deliveries are retried for 36 hours, those of WhatsApp for
/// seven days. A delivery may carry several events. Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct Meta;

impl Provider for Meta {
    const SCHEME: Scheme = Scheme::hmac_sha256("meta")
        .signature(header("x-hub-signature-256").prefix("sha256="))
        .signs(&[Body])
        .handshakes(&[Handshake::get()
            .when(&[
                When::Is(query("hub.mode"), "subscribe"),
                When::IsConfigured(query("hub.verify_token"), "verify_token"),
            ])
            .challenge(query("hub.challenge"))
            .echoed()])
        .event_type(json("/object"))
        .batch(Batch::of("/entry"))
        .key_also_signs(&[""])
        .retries_for_hours(168);
}
