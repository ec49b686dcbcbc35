use super::Provider;
use crate::scheme::{
    Batch, KeyForm,
    Part::{Body, Timestamp},
    Scheme, header,
};

/// [SendGrid, Event
/// Webhook](https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features).
///
/// The signature covers the body and the timestamp.
///
/// The key is the verification key that SendGrid shows when the signed event webhook is switched on,
/// given as that base64 text. The body is an array of events, each with an sg_event_id of its own that
/// stays the same over retries. The body ends in a line break that is part of what is signed: nothing
/// may trim it. The timestamp is the one of the batch, and SendGrid's libraries set it no limit. A
/// delivery may carry several events. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct SendGrid;

impl Provider for SendGrid {
    const SCHEME: Scheme = Scheme::ecdsa_p256("sendgrid")
        .signature(header("x-twilio-email-event-webhook-signature").base64())
        .signs(&[Timestamp, Body])
        .timestamp(header("x-twilio-email-event-webhook-timestamp").seconds().not_enforced())
        .key(KeyForm::BASE64)
        .batch(Batch::of("").id("/sg_event_id").event_type("/event"))
        .retries_for_hours(24);
}
