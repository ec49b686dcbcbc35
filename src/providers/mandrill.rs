use super::Provider;
use crate::scheme::{
    Batch, Handshake,
    Part::{SortedForm, Url},
    Payload, Scheme, header,
};

/// [Mandrill (Mailchimp
/// Transactional)](https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests).
///
/// The signature covers the body and the URL.
///
/// The secret is the webhook's key from the settings page or the API, given as it is shown. The signed
/// URL is the one that was registered, to the letter. The form's `mandrill_events` holds an array of
/// events, which have no id: `_id` names the message. Making a webhook sends an unsigned `HEAD` request,
/// which is answered, **and an empty test that is signed with the key `test-webhook`, and is refused
/// here:** no handler sees it. The signature is an HMAC with SHA-1. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct Mandrill;

impl Provider for Mandrill {
    const SCHEME: Scheme = Scheme::hmac_sha1("mandrill")
        .signature(header("x-mandrill-signature").base64())
        .signs(&[Url, SortedForm])
        .handshakes(&[Handshake::head()])
        .payload(Payload::JsonOrFormField("mandrill_events"))
        .batch(Batch::of("").event_type("/event"));
}
