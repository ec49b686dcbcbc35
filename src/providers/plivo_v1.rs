use super::Provider;
use crate::scheme::{
    Part::{SortedForm, Url},
    Payload, Scheme, header,
};

/// [Plivo, version 1](https://github.com/plivo/plivo-go).
///
/// The signature covers the body and the URL.
///
/// The secret is the account's auth token from the Plivo console, given as text. This is an old scheme
/// with SHA-1: prefer version 3. The signature covers the URL as Plivo calls it: behind a proxy the
/// public URL must be restored. There is no event id: CallUUID is the same for every callback of a
/// call. The same choice of a caller comes twice in the same bytes: a repeat is told only while its
/// twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct PlivoV1;

impl Provider for PlivoV1 {
    const SCHEME: Scheme = Scheme::hmac_sha1("plivo-v1")
        .signature(header("x-plivo-signature").base64())
        .signs(&[Url, SortedForm])
        .payload(Payload::Form)
        .repeats();
}
