use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Lit, Timestamp},
    Scheme, all, field, header, json,
};

/// [Mercury](https://docs.mercury.com/reference/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's secret as Mercury shows it; whether it is base64 or text is not
/// documented. Receivers in the wild disagree on the key: some decode the secret from base64, some take
/// its text. An answer of 4xx other than 429 ends the retries, which otherwise go on for about a day.
/// The API's verify call sends a test event. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Mercury;

impl Provider for Mercury {
    const SCHEME: Scheme = Scheme::hmac_sha256("mercury")
        .signature(header("mercury-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .key(KeyForm::BASE64)
        .id(json("/id"))
        .event_type(all(&[json("/resourceType"), json("/operationType")]))
        .retries_for_hours(24);
}
