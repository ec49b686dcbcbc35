use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [Adyen, platform
/// webhooks](https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures).
///
/// The signature covers the body and the event type.
///
/// The secret is the HMAC key that Adyen generates for the webhook, given in hex as it is shown. This
/// is the scheme of the webhooks for platforms, banking, management and tokenization; payment
/// notifications are signed in another way. There is no event id that all types share: many bodies have
/// one in data, some have none. The signature is over the body to the byte, so a body that was parsed
/// and written again no longer verifies. There is no event id: the digest of what is signed stands in.
/// What fails is [queued](https://docs.adyen.com/development-resources/webhooks/troubleshoot) for up to 30
/// days, behind what failed before it. Retries: for up to 744 hours.
#[derive(Clone, Copy, Debug)]
pub struct AdyenPlatform;

impl Provider for AdyenPlatform {
    const SCHEME: Scheme = Scheme::hmac_sha256("adyen-platform")
        .signature(header("hmacsignature").base64())
        .signs(&[Body])
        .key(KeyForm::HEX)
        .event_type(json("/type"))
        .retries_for_hours(744);
}
