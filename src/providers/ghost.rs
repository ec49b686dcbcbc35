use super::Provider;
use crate::scheme::{
    Part::{Body, Timestamp},
    Scheme, field, header, json,
};

/// [Ghost](https://github.com/TryGhost/Ghost).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the text entered for the webhook in the custom integration. Ghost makes the timestamp
/// once and keeps it for the retries of the same request. Older versions of Ghost signed the body alone
/// and do not verify here; some of the later ones send no event type. Ghost deletes the webhook on a 410 and waits two seconds for an answer.
/// Events have no id, and without a secret nothing is signed. There is no event id: the digest of what
/// is signed stands in. It covers the time, so a retry that is signed anew is not recognised. Retries:
/// for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Ghost;

impl Provider for Ghost {
    const SCHEME: Scheme = Scheme::hmac_sha256("ghost")
        .signature(header("x-ghost-signature").pairs(',', '=', "sha256").spaced())
        .signs(&[Body, Timestamp])
        .timestamp(field("t").millis())
        .event_type(json("/event"))
        .retries_for_hours(1);
}
