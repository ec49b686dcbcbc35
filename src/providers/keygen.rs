use super::Provider;
use crate::scheme::{Code, KeyForm, Scheme, header, json};

/// [Keygen](https://keygen.sh/docs/api/signatures/).
///
/// The signature covers the body, the timestamp, the event id, the event type and the URL.
///
/// The key is the account's Ed25519 public key in hex. The endpoint's signature algorithm must be set
/// to Ed25519. The digest is computed from the body; the `Digest` header alone counts for nothing. The
/// signed host is the one that Keygen called, so a proxy must not change it.
#[derive(Clone, Copy, Debug)]
pub struct Keygen;

impl Provider for Keygen {
    const SCHEME: Scheme = Scheme::code("keygen", Code::Cavage)
        .signature(header("keygen-signature").raw())
        .timestamp(header("date").http_date())
        .key(KeyForm::HEX)
        .id(json("/data/id"))
        .event_type(json("/data/attributes/event"));
}
