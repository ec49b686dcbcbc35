use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, field, header, json,
};

/// [Retell AI](https://docs.retellai.com/features/secure-webhook).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the API key that carries the webhook badge in the dashboard, given as text. Only the
/// key with the webhook badge signs; the account's other keys do not verify. There is no event id: call
/// id and event together repeat where transcript updates or transfers are sent. The body holds the call
/// so far, with its times: its digest names the event, whenever a retry is signed. Retell waits ten
/// seconds and retries three times at most.
#[derive(Clone, Copy, Debug)]
pub struct Retell;

impl Provider for Retell {
    const SCHEME: Scheme = Scheme::hmac_sha256("retell")
        .signature(header("x-retell-signature").pairs(',', '=', "d"))
        .signs(&[Body, Timestamp])
        .timestamp(field("v").millis())
        .event_type(json("/event"))
        .named_by_body();
}
