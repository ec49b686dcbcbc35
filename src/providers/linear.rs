use super::Provider;
use crate::scheme::{Part::Body, Scheme, all, header, json};

/// [Linear](https://linear.app/developers/webhooks).
///
/// The signature covers the body, the timestamp and the event type, but not the event id.
///
/// The secret is the webhook's signing secret from its settings page, given as it is shown. The time is
/// the body's `/webhookTimestamp` in milliseconds; the header `Linear-Timestamp` is not signed and not
/// looked at. Linear's own library allows only one minute of difference. A failed delivery is tried
/// after a minute, an hour and six hours, and the webhook may then be switched off; only the status 200
/// is a success, so handlers have to answer that, not 204. Receivers report that a retry has the time of
/// the first try, so the tolerance is as long as retries go on. Retries: for up to 8 hours.
#[derive(Clone, Copy, Debug)]
pub struct Linear;

impl Provider for Linear {
    const SCHEME: Scheme = Scheme::hmac_sha256("linear")
        .signature(header("linear-signature").hex())
        .signs(&[Body])
        .timestamp(json("/webhookTimestamp").millis().tolerance_secs(8 * 3600))
        .id(header("linear-delivery"))
        .event_type(all(&[json("/type"), json("/action")]))
        .retries_for_hours(8)
        .acknowledged(200, "");
}
