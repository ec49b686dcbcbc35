use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Typeform](https://www.typeform.com/developers/webhooks/secure-your-webhooks/).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the one set with the webhook, in the form's settings or through the API, given as it
/// was set. The signature is base64 after `sha256=`, not hexadecimal. The event id stays the same over
/// retries; `/form_response/token` names the submission. Answers of 404 and 410 disable the webhook at
/// once; after 408, 423, 429 and 503 Typeform retries for ten hours. Retries: for up to 10 hours.
#[derive(Clone, Copy, Debug)]
pub struct Typeform;

impl Provider for Typeform {
    const SCHEME: Scheme = Scheme::hmac_sha256("typeform")
        .signature(header("typeform-signature").prefix("sha256=").base64())
        .signs(&[Body])
        .id(json("/event_id"))
        .event_type(json("/event_type"))
        .retries_for_hours(10);
}
