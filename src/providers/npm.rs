use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [npm hooks](https://github.com/npm/npm-hook-receiver).
///
/// The signature covers the body and the event type.
///
/// The secret is the text chosen when the hook was created. npm has retired hooks for new users; this
/// is for hooks that still exist. The body has no event id. There is no event id: the digest of what is
/// signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Npm;

impl Provider for Npm {
    const SCHEME: Scheme = Scheme::hmac_sha256("npm")
        .signature(header("x-npm-signature").prefix("sha256="))
        .signs(&[Body])
        .event_type(json("/event"));
}
