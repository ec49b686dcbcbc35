use super::Provider;
use crate::scheme::{
    Part::{Body, Header, Timestamp},
    Scheme, header,
};

/// [ConfigCat](https://configcat.com/docs/advanced/notifications-webhooks/).
///
/// The signature covers the body and the timestamp.
///
/// The secret is a signing key of the webhook from the dashboard, used as text with its configcat_whsk_
/// prefix. The header `X-ConfigCat-Webhook-ID` is signed and names a request: a retry has another, and
/// another time. There is no event id: the digest of what is signed stands in, so a retry is not
/// recognised. With a primary and a secondary signing key the header lists two signatures.
/// Body and HTTP method are chosen in the webhook's settings; choose POST.
#[derive(Clone, Copy, Debug)]
pub struct ConfigCat;

impl Provider for ConfigCat {
    const SCHEME: Scheme = Scheme::hmac_sha256("configcat")
        .signature(header("x-configcat-webhook-signature-v1").list(',').base64())
        .signs(&[Header("x-configcat-webhook-id"), Timestamp, Body])
        .timestamp(header("x-configcat-webhook-timestamp").seconds());
}
