use super::Provider;
use crate::scheme::{
    BodyHash::Md5,
    HashEncoding::Base64,
    KeyForm,
    Part::{BodyDigest, Header, Lit, Method, Path, Timestamp},
    Scheme, header, json,
};

/// [Sinch Voice and
/// Verification](https://developers.sinch.com/docs/voice/api-reference/authentication/callback-signed-request).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the application's secret from the Sinch dashboard, given as the base64 text shown
/// there. The signature covers method, path, content type and time and, through its MD5, the body. It
/// is made for the path that Sinch calls: a proxy must not rewrite it. There is no event id: /callid is
/// the same for all callbacks of a call. An application can be set to HTTP Basic instead; those
/// requests do not verify here. There is no event id: the digest of what is signed stands in. It covers
/// the time, so a retry that is signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct SinchVoice;

impl Provider for SinchVoice {
    const SCHEME: Scheme = Scheme::hmac_sha256("sinch-voice")
        .signature(header("authorization").prefix("Application ").after(':').base64())
        .signs(&[
            Method,
            Lit("\n"),
            BodyDigest(Md5, Base64),
            Lit("\n"),
            Header("content-type"),
            Lit("\nx-timestamp:"),
            Timestamp,
            Lit("\n"),
            Path,
        ])
        .timestamp(header("x-timestamp").rfc3339())
        .key(KeyForm::BASE64)
        .event_type(json("/event"));
}
