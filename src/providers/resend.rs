use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

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
    const SCHEME: Scheme = Scheme::hmac_sha256("resend")
        .signature(header("svix-signature").pairs(' ', ',', "v1").base64())
        .signs(&[Id, Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("svix-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .id(header("svix-id"))
        .event_type(json("/type"))
        .retries_for_hours(28);
}
