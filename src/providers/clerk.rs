use super::{Provider, standard_webhooks::svix};
use crate::scheme::Scheme;

/// [Clerk](https://clerk.com/docs/webhooks/sync-data).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the endpoint's whsec_ signing secret from the dashboard, whose rest is base64. Clerk
/// delivers through Svix, so the headers are named svix-id, svix-timestamp and svix-signature. svix-id
/// is the same over the retries, which span a little more than a day. While a secret is being rotated
/// the header holds several v1 entries. Clerk's own tests send a timestamp with a fraction, which
/// deliveries never have and which is refused. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct Clerk;

impl Provider for Clerk {
    const SCHEME: Scheme = svix(Scheme::hmac_sha256("clerk")).retries_for_hours(28);
}
