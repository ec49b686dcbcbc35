use super::Provider;
use crate::scheme::{Part::Form, Payload, Scheme, form};

/// [Mailgun, forms](https://github.com/anymail/django-anymail).
///
/// **The signature covers only these values of the body**: `timestamp` and `token`. Whoever sees one
/// delivery can change the rest. It covers the timestamp. It does not cover the event type.
///
/// The secret is the account's HTTP webhook signing key, given as it is shown. This is for inbound
/// routes and legacy webhooks, which come as forms with the signature in their fields. There is no
/// event id: `Message-Id` names the message and may come with several events. Messages with attachments
/// come as `multipart/form-data`, whose fields are not read here. Only the status 200 is a success, so
/// handlers have to answer that, not 204, and 406 stops the retries. There is no event id: the digest of
/// what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct MailgunForm;

impl Provider for MailgunForm {
    const SCHEME: Scheme = Scheme::hmac_sha256("mailgun-form")
        .signature(form("signature").hex())
        .signs(&[Form("timestamp"), Form("token")])
        .timestamp(form("timestamp").seconds().not_enforced())
        .event_type(form("event"))
        .payload(Payload::Form)
        .acknowledged(200, "");
}
