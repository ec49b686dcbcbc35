use super::Provider;
use crate::scheme::{KeyForm, Part, Place, Scheme, header, json};

/// [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md),
/// symmetric signatures (`v1`), under its own header names and under Svix's (`svix-id`, …).
///
/// The signature covers id, timestamp and body. The secret is the `whsec_…` text as shown, or the
/// bare base64. Tolerance: five minutes. Retries: the specification recommends ten tries over
/// three days and a quarter.
#[derive(Clone, Copy, Debug)]
pub struct StandardWebhooks;

pub(super) const SIGNED: Scheme = either(Scheme::hmac_sha256("standard-webhooks")).retries_for_hours(76);

impl Provider for StandardWebhooks {
    const SCHEME: Scheme = SIGNED;
}

/// What those share who follow the specification.
pub(super) const fn standard_webhooks(scheme: Scheme) -> Scheme {
    named(scheme, header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
}

/// What those share who send through Svix.
pub(super) const fn svix(scheme: Scheme) -> Scheme {
    named(scheme, header("svix-id"), header("svix-timestamp"), header("svix-signature"))
}

/// What those share who may do either.
pub(super) const fn either(scheme: Scheme) -> Scheme {
    named(
        scheme,
        header("webhook-id").or("svix-id"),
        header("webhook-timestamp").or("svix-timestamp"),
        header("webhook-signature").or("svix-signature"),
    )
}

/// The specification, under these names.
const fn named(scheme: Scheme, id: Place, timestamp: Place, signature: Place) -> Scheme {
    scheme
        .signature(signature.pairs(' ', ',', "v1").base64())
        .signs(&[Part::Id, Part::Lit("."), Part::Timestamp, Part::Lit("."), Part::Body])
        .key(KeyForm::BASE64.strip(&["whsec_"]))
        .timestamp(timestamp.seconds())
        .id(id)
        .event_type(json("/type"))
}
