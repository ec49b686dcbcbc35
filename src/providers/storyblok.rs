use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Storyblok](https://www.storyblok.com/docs/guide/in-depth/webhooks#securing-a-webhook).
///
/// The signature covers the body and the event type.
///
/// The secret is the webhook secret entered in the space's webhook settings, given as it was entered.
/// The body of a story event has neither an id nor a time. The header is called like that of Standard
/// Webhooks but holds 40 hexadecimal digits. There is no event id: the digest of what is signed stands
/// in. Events can be equal byte for byte, so a repeat is told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Storyblok;

impl Provider for Storyblok {
    const SCHEME: Scheme = Scheme::hmac_sha1("storyblok")
        .signature(header("webhook-signature").hex())
        .signs(&[Body])
        .event_type(json("/action"))
        .repeats();
}
