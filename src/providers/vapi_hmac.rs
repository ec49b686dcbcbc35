use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Vapi, HMAC](https://docs.vapi.ai/server-url/server-authentication).
///
/// The signature covers the body and the event type.
///
/// The secret is the one entered with the HMAC credential in Vapi, given as it was entered. Header,
/// algorithm and signed text can be chosen in the credential; set the header to `x-vapi-signature`, the
/// algorithm to SHA-256, and no timestamp, so that the body alone is signed: this is not what Vapi
/// proposes. Messages have no id. Some messages are questions whose answer steers the
/// call. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct VapiHmac;

impl Provider for VapiHmac {
    const SCHEME: Scheme = Scheme::hmac_sha256("vapi-hmac")
        .signature(header("x-vapi-signature").hex())
        .signs(&[Body])
        .event_type(json("/message/type"));
}
