use super::Provider;
use crate::scheme::{
    BodyHash::Crc32,
    HashEncoding::Decimal,
    KeyForm,
    Part::{BodyDigest, Config, Header, Lit, Timestamp},
    Scheme, header, json,
};

/// [PayPal](https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It covers the timestamp. It does not cover the event id or the event type.
///
/// The secret is the webhook's id from the developer dashboard; the key is in the certificate that the
/// PAYPAL-CERT-URL header names. The body is bound by its CRC-32 alone, and whoever can choose bytes
/// can make another body with the same one: fetch the resource from PayPal before money moves. The
/// certificate's URL comes from the request: only PayPal's own hosts may be asked, and the
/// certificate's chain and name have to be checked. Events of the webhook simulator do not verify.
/// Retries keep the /id in the body. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct PayPal;

impl Provider for PayPal {
    const SCHEME: Scheme = Scheme::rsa_sha256("paypal")
        .signature(header("paypal-transmission-sig").base64())
        .signs(&[
            Header("paypal-transmission-id"),
            Lit("|"),
            Timestamp,
            Lit("|"),
            Config("webhook_id"),
            Lit("|"),
            BodyDigest(Crc32, Decimal),
        ])
        .timestamp(header("paypal-transmission-time").rfc3339().not_enforced())
        .requires(&[("paypal-auth-algo", "SHA256withRSA")])
        .key(KeyForm::BASE64)
        .key_at(
            header("paypal-cert-url"),
            &[
                "https://api.paypal.com/v1/notifications/certs/*",
                "https://api-m.paypal.com/v1/notifications/certs/*",
                "https://api.sandbox.paypal.com/v1/notifications/certs/*",
                "https://api-m.sandbox.paypal.com/v1/notifications/certs/*",
            ],
        )
        .id(json("/id"))
        .event_type(json("/event_type"));
}
