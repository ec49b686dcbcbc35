use super::Provider;
use crate::scheme::{Batch, Code, KeyForm, Scheme, json};

/// [Adyen, payment
/// webhooks](https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures).
///
/// **The signature covers only these values of the body**: `pspReference`, `originalReference`,
/// `merchantAccountCode`, `merchantReference`, `amount`, `eventCode` and `success`. Whoever sees one
/// delivery can change the rest.
///
/// The secret is the HMAC key that the Customer Area generates for the webhook, given in hex as it is
/// shown. One request can hold several notification items, each with a signature of its own, and every
/// one of them has to verify, and no two may be the same. They are not signed together: where a request
/// holds several, only `Batch` tells which of them were handled before. An item has no id: the digest of
/// its signed values stands in. These are joined by colons without escaping, so a colon inside
/// merchantReference can move text from one field to the next. Adyen can also be set to send form or
/// SOAP bodies; choose JSON. A delivery may carry several events. What fails is
/// [queued](https://docs.adyen.com/development-resources/webhooks/troubleshoot) for up to 30 days, behind
/// what failed before it. Retries: for up to 744 hours.
#[derive(Clone, Copy, Debug)]
pub struct Adyen;

impl Provider for Adyen {
    const SCHEME: Scheme = Scheme::code("adyen", Code::Adyen)
        .signature(json("/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature").base64())
        .key(KeyForm::HEX)
        .batch(Batch::of("/notificationItems").event_type("/NotificationRequestItem/eventCode"))
        .retries_for_hours(744);
}
