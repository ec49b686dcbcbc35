use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Vercel](https://vercel.com/docs/webhooks/webhooks-api).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook's own as shown at its creation, or for an integration's webhook the
/// integration's client secret. The signature is an HMAC with SHA-1. The event id stays the same over
/// retries, which go on for up to a day. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Vercel;

impl Provider for Vercel {
    const SCHEME: Scheme = Scheme::hmac_sha1("vercel")
        .signature(header("x-vercel-signature").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(24);
}
