use super::Provider;
use crate::scheme::{Part::Body, Scheme, json, numbered_header};

/// [DocuSign Connect](https://developers.docusign.com/platform/webhooks/connect/hmac/).
///
/// The signature covers the body and the event type.
///
/// The secret is one of the HMAC keys from the Connect settings, used as text. Every active key signs,
/// in headers numbered from 1, so a key can be replaced by adding the new one first. Events have no id:
/// an envelope's id with the event's name is not unique, and the retry count changes from attempt to
/// attempt. Connect sends JSON or XML as its settings say; the event type is read from JSON only. There
/// is no event id: the digest of what is signed stands in, and since the retry count is signed with the
/// rest, a retry after an answer that got lost is handled again: let the handler bear that, by envelope
/// and event. Retries: for up to 360 hours.
#[derive(Clone, Copy, Debug)]
pub struct DocuSign;

impl Provider for DocuSign {
    const SCHEME: Scheme = Scheme::hmac_sha256("docusign")
        .signature(numbered_header("x-docusign-signature-", 100).base64())
        .signs(&[Body])
        .event_type(json("/event"))
        .retries_for_hours(360);
}
