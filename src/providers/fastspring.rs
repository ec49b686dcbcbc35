use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [FastSpring](https://developer.fastspring.com/reference/message-security).
///
/// The signature covers the body.
///
/// The secret is the HMAC SHA256 secret in the webhook's settings, used as text. One request carries
/// several events: handle and remember each by its own id. A 200 marks all events as processed; a 202
/// with event ids, one a line, marks only those. An automatic retry keeps the events' ids, a manual one
/// gives new ids. Without a secret in the settings nothing is signed. A delivery may carry several
/// events. Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct FastSpring;

impl Provider for FastSpring {
    const SCHEME: Scheme = Scheme::hmac_sha256("fastspring")
        .signature(header("x-fs-signature").base64())
        .signs(&[Body])
        .batch(Batch::of("/events").id("/id").event_type("/type"))
        .retries_for_hours(168)
        .acknowledged(200, "");
}
