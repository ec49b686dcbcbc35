use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Buildkite](https://github.com/buildkite/docs).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the token of the webhook from its notification settings, given as it is shown. A
/// webhook sends either the token or a signature; choose the signature in its settings.
/// X-Buildkite-Request names a single delivery and is not taken for the event's id. There is no event
/// id: the digest of what is signed stands in. It covers the time, so a retry that is signed anew is
/// not recognised.
#[derive(Clone, Copy, Debug)]
pub struct Buildkite;

impl Provider for Buildkite {
    const SCHEME: Scheme = Scheme::hmac_sha256("buildkite")
        .signature(header("x-buildkite-signature").pairs(',', '=', "signature"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("timestamp").seconds())
        .event_type(json("/event"));
}
