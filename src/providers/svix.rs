use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [Svix](https://docs.svix.com/receiving/verifying-payloads/how-manual).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's `whsec_…` text, given as it is shown. The id is the same for every
/// attempt of a message, and each attempt has a timestamp and a signature of its own. Attempts go on
/// for a little over a day; an endpoint that fails for five days is disabled. Some senders have Svix
/// use header names of their own instead of `svix-…`. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct Svix;

impl Provider for Svix {
    const SCHEME: Scheme = Scheme::hmac_sha256("svix")
        .signature(header("svix-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("svix-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("svix-id"))
        .event_type(json("/type"))
        .retries_for_hours(28);
}
