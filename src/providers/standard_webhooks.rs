use super::Provider;
use crate::scheme::{KeyForm, Part, Scheme, header, json};

/// [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md),
/// symmetric signatures (`v1`), under its own header names and under Svix's (`svix-id`, …).
///
/// The signature covers id, timestamp and body. The secret is the `whsec_…` text as shown, or the
/// bare base64. Tolerance: five minutes. Retries: the specification recommends ten tries over
/// three days and a quarter.
#[derive(Clone, Copy, Debug)]
pub struct StandardWebhooks;

pub(super) const SIGNED: Scheme = Scheme::hmac_sha256("standard-webhooks")
    .signature(header("webhook-signature").or("svix-signature").pairs(' ', ',', "v1").base64())
    .signs(&[Part::Id, Part::Lit("."), Part::Timestamp, Part::Lit("."), Part::Body])
    .key(KeyForm::BASE64.strip(&["whsec_"]))
    .timestamp(header("webhook-timestamp").or("svix-timestamp").seconds())
    .id(header("webhook-id").or("svix-id"))
    .event_type(json("/type"))
    .retries_for_hours(76);

impl Provider for StandardWebhooks {
    const SCHEME: Scheme = SIGNED;
}
