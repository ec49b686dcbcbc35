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
/// one of them has to verify. An item has no id: pspReference, eventCode and success together name the
/// event. The eight signed values are joined by colons without escaping, so a colon inside
/// merchantReference can move text from one field to the next. Adyen can also be set to send form or
/// SOAP bodies; choose JSON. A delivery may carry several events. Retries: for up to 177 hours.
#[derive(Clone, Copy, Debug)]
pub struct Adyen;

impl Provider for Adyen {
    const SCHEME: Scheme = Scheme::code("adyen", Code::Adyen)
        .signature(json("/notificationItems/0/NotificationRequestItem/additionalData/hmacSignature").base64())
        .key(KeyForm::HEX)
        .batch(Batch::of("/notificationItems").event_type("/NotificationRequestItem/eventCode"))
        .retries_for_hours(177);
}
