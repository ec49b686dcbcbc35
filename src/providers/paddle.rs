use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Paddle Billing](https://developer.paddle.com/webhooks/signature-verification).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the notification destination's secret key, the pdl_ntfset_ text as a whole, given as
/// it is shown. Each notification destination has a secret of its own. Retries keep /event_id;
/// /notification_id is a second id, one per destination. Paddle's own libraries take signatures of at
/// most five seconds of age by default. Paddle wants the status 200, so handlers have to answer that, not
/// 204. Live notifications are retried for three days, sandbox notifications for fifteen minutes.
/// Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Paddle;

impl Provider for Paddle {
    const SCHEME: Scheme = Scheme::hmac_sha256("paddle")
        .signature(header("paddle-signature").pairs(';', '=', "h1"))
        .signs(&[Timestamp, Lit(":"), Body])
        .timestamp(field("ts").seconds().tolerance_secs(5))
        .id(json("/event_id"))
        .event_type(json("/event_type"))
        .acknowledged(200, "");
}
