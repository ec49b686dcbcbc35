use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [LINE Messaging API](https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/).
///
/// The signature covers the body.
///
/// The secret is the channel secret from the LINE Developers Console, given as it is shown. A body
/// holds several events, or none: the console's verify button sends a signed body without events.
/// Deliveries are repeated only where redelivery is switched on for the channel; a repeated event keeps
/// its `webhookEventId`. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct Line;

impl Provider for Line {
    const SCHEME: Scheme = Scheme::hmac_sha256("line")
        .signature(header("x-line-signature").base64())
        .signs(&[Body])
        .batch(Batch::of("/events").id("/webhookEventId").event_type("/type"));
}
