use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, header, json,
};

/// [BambooHR](https://documentation.bamboohr.com/docs/webhooks).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the private key of the webhook, which BambooHR shows once, when the webhook is
/// created, given as text. The private key is shown only when the webhook is created and cannot be read
/// later. The signed text is the body followed at once by the timestamp. The body of an event-based
/// webhook has a type, at `/type`; others have none. Choose JSON: its bodies have a time of their own, so
/// that their digest names the event, whenever a retry is signed; forms have none. An answer of 5xx is
/// tried again after 5, 10, 20, 40 and 80 minutes, one of 4xx never, and BambooHR does not say with which
/// time: the tolerance is as long as retries go on. Retries: for up to 3 hours.
#[derive(Clone, Copy, Debug)]
pub struct BambooHR;

impl Provider for BambooHR {
    const SCHEME: Scheme = Scheme::hmac_sha256("bamboohr")
        .signature(header("x-bamboohr-signature").hex())
        .signs(&[Body, Timestamp])
        .timestamp(header("x-bamboohr-timestamp").seconds().tolerance_secs(3 * 3600))
        .event_type(json("/type"))
        .named_by_body()
        .retries_for_hours(3);
}
