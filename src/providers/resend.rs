use super::{Provider, standard_webhooks::svix};
use crate::scheme::Scheme;

/// [Resend](https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's signing secret from the dashboard, given with its whsec_ prefix. Retries
/// and manual replays keep the id. After a rotation the old secret stays valid for 24 hours, and both
/// sign. A redirect counts as a failed delivery. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct Resend;

impl Provider for Resend {
    const SCHEME: Scheme = svix(Scheme::hmac_sha256("resend")).retries_for_hours(28);
}
