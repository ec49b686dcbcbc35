use super::Provider;
use crate::scheme::{Code, Payload, Scheme, first, form, header, query};

/// [Plivo, version 3](https://www.plivo.com/docs/voice/concepts/signature-validation).
///
/// The signature covers the body and the URL, but not the event type.
///
/// The secret is the account's auth token from the Plivo console, given as text. The signature covers
/// the URL as Plivo calls it: behind a proxy the public URL must be restored. Callbacks come as POST
/// with a form or as GET with the same parameters in the query, as the application is set up. There is
/// no event id: CallUUID and MessageUUID are the same for every callback of a call or message. Where a
/// subaccount is used, the header X-Plivo-Signature-Ma-V3 carries the main account's signature. There
/// is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct PlivoV3;

impl Provider for PlivoV3 {
    const SCHEME: Scheme = Scheme::code("plivo-v3", Code::PlivoV3)
        .signature(header("x-plivo-signature-v3").list(',').base64())
        .event_type(first(&[form("Event"), query("Event")]))
        .payload(Payload::Form)
        .methods(&["POST", "GET"]);
}
