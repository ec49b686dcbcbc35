use super::Provider;
use crate::scheme::{Batch, Handshake, Part::Body, Said, Scheme, header};

/// [Asana](https://developers.asana.com/docs/webhooks-guide).
///
/// The signature covers the body.
///
/// The secret is the value of X-Hook-Secret that Asana sends once, when the webhook is created, given
/// as text. The secret comes in the header X-Hook-Secret of a first request, has to be stored and
/// repeated in the same header of an answer 200 or 204, and cannot be read again. One delivery holds
/// several events in events, none of which has an id. A delivery without events is a heartbeat, signed
/// like any other. Asana retries for 24 hours and then deletes the webhook; the answer 410 ends it at
/// once. A delivery may carry several events. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Asana;

impl Provider for Asana {
    const SCHEME: Scheme = Scheme::hmac_sha256("asana")
        .signature(header("x-hook-signature").hex())
        .signs(&[Body])
        .handshakes(&[Handshake::post()
            .challenge(header("x-hook-secret"))
            .delivers_secret()
            .headers(&[("x-hook-secret", Said::Challenge)])])
        .batch(Batch::of("/events").event_type("/action"))
        .retries_for_hours(24);
}
