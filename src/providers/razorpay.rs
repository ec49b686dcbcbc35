use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Razorpay](https://razorpay.com/docs/webhooks/validate-test/).
///
/// The signature covers the body and the event type, but not the event id.
///
/// The secret is the text entered in the webhook's settings, not the secret of the API key: that one
/// signs order and payment for every customer's browser, and bodies that do not begin as JSON are
/// refused in case it was entered. Retries keep the event id. After a change of the secret, retries of
/// earlier events are still signed with the old one: keep both for a day. After 24 hours of failures the
/// webhook is disabled. Events may come out of order, and missed ones can be replayed from the
/// dashboard. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Razorpay;

impl Provider for Razorpay {
    const SCHEME: Scheme = Scheme::hmac_sha256("razorpay")
        .signature(header("x-razorpay-signature").hex())
        .signs(&[Body])
        .id(header("x-razorpay-event-id"))
        .event_type(json("/event"))
        .key_also_signs(&[""])
        .retries_for_hours(24);
}
