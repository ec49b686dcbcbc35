use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [AfterShip Tracking](https://www.aftership.com/docs/tracking/webhook/webhook-signature).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook secret from the notification settings of AfterShip Tracking, given as it
/// is shown. The id event_id is the same in every retry of an event. Failed deliveries are attempted up
/// to 14 times, the wait doubling each time from 30 seconds. Other AfterShip products sign in the
/// header as-signature-hmac-sha256, which this scheme does not read. Retries: for up to 69 hours.
#[derive(Clone, Copy, Debug)]
pub struct AfterShip;

impl Provider for AfterShip {
    const SCHEME: Scheme = Scheme::hmac_sha256("aftership")
        .signature(header("aftership-hmac-sha256").base64())
        .signs(&[Body])
        .id(json("/event_id"))
        .event_type(json("/event"))
        .retries_for_hours(69);
}
