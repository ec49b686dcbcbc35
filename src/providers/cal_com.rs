use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Cal.com](https://cal.com/docs/developing/guides/automation/webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the text that was set as the secret of the webhook. A webhook without a secret sends
/// the text no-secret-provided in place of a signature, which is refused. There is no event id: the uid
/// in the payload is that of the booking, which several events share. A custom payload template changes
/// the body and may leave out triggerEvent; without a time in it, such as createdAt, two bookings can
/// be the same bytes, and the second is taken for a repeat. There is no event id: the digest of what is
/// signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct CalCom;

impl Provider for CalCom {
    const SCHEME: Scheme = Scheme::hmac_sha256("cal-com")
        .signature(header("x-cal-signature-256").hex())
        .signs(&[Body])
        .event_type(json("/triggerEvent"));
}
