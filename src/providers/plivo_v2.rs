use super::Provider;
use crate::scheme::{
    Part::{Header, Origin, UrlBeforeQuery},
    Payload, Scheme, header,
};

/// [Plivo, version 2](https://github.com/plivo/plivo-go).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It covers the URL without its query.
///
/// The secret is the account's auth token from the Plivo console, given as text. What is signed is
/// the URL without its query, and a nonce: prefer version 3 where Plivo offers it. Behind a proxy the
/// public URL must be restored, because that is what Plivo signs. There is no event id: MessageUUID is
/// the same for every status of a message. There is no event id: the digest of what is signed stands
/// in.
#[derive(Clone, Copy, Debug)]
pub struct PlivoV2;

impl Provider for PlivoV2 {
    const SCHEME: Scheme = Scheme::hmac_sha256("plivo-v2")
        .signature(header("x-plivo-signature-v2").base64())
        .signs(&[UrlBeforeQuery, Header("x-plivo-signature-v2-nonce")])
        .or_signs(&[&[Origin, Header("x-plivo-signature-v2-nonce")]])
        .payload(Payload::Form);
}
