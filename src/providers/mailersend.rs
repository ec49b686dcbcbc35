use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [MailerSend](https://developers.mailersend.com/api/v1/webhooks.html#security).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook's signing secret, given as it is shown. The header is called just
/// `Signature`. A failed delivery is tried twice more, after ten and a hundred seconds. Retries: for up
/// to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct MailerSend;

impl Provider for MailerSend {
    const SCHEME: Scheme = Scheme::hmac_sha256("mailersend")
        .signature(header("signature").hex())
        .signs(&[Body])
        .id(json("/data/id"))
        .event_type(json("/type"))
        .retries_for_hours(1);
}
