use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, header, json,
};

/// [Box, webhooks V2](https://developer.box.com/guides/webhooks/v2/signatures-v2).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secrets are the primary and the secondary signature key of the app from the developer console,
/// each given as it is shown. The id in the body is the same over retries, while Box-Delivery-Id
/// changes with each attempt. Each of the two keys signs into a header of its own; replace one at a
/// time to rotate without a gap. The timestamp is an RFC 3339 text and is signed right behind the body.
/// Deliveries older than ten minutes are to be refused; Box retries up to ten times over about two
/// hours. Retries: for up to 2 hours.
#[derive(Clone, Copy, Debug)]
pub struct BoxV2;

impl Provider for BoxV2 {
    const SCHEME: Scheme = Scheme::hmac_sha256("box")
        .signature(header("box-signature-primary").base64())
        .or_signatures(const { &[header("box-signature-secondary").base64()] })
        .signs(&[Body, Timestamp])
        .timestamp(header("box-delivery-timestamp").rfc3339().tolerance_secs(600))
        .requires(&[("box-signature-version", "1"), ("box-signature-algorithm", "HmacSHA256")])
        .id(json("/id"))
        .event_type(json("/trigger"))
        .retries_for_hours(2);
}
