use super::Provider;
use crate::scheme::{Part::Json, Scheme, json};

/// [Mailgun](https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks).
///
/// **The signature covers only these values of the body**: `/signature/timestamp` and
/// `/signature/token`. Whoever sees one delivery can change the rest. It covers the timestamp. It does
/// not cover the event id or the event type.
///
/// The secret is the account's HTTP webhook signing key, given as it is shown. The signature is in the
/// body and covers a timestamp and a random token of 50 characters. Mailgun promises that an event id
/// is unique within a day. Inbound routes come as forms: see the form variant. Failed deliveries are
/// [retried](https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries) for
/// about eight hours: only the status 200 is a success, so handlers have to answer that, not 204, and 406
/// stops the retries. Retries: for up to 9 hours.
#[derive(Clone, Copy, Debug)]
pub struct Mailgun;

impl Provider for Mailgun {
    const SCHEME: Scheme = Scheme::hmac_sha256("mailgun")
        .signature(json("/signature/signature").hex())
        .signs(&[Json("/signature/timestamp"), Json("/signature/token")])
        .timestamp(json("/signature/timestamp").seconds().not_enforced())
        .id(json("/event-data/id"))
        .event_type(json("/event-data/event"))
        .retries_for_hours(9)
        .acknowledged(200, "");
}
