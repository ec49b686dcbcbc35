use super::Provider;
use crate::scheme::{
    Part::{Body, Id, Timestamp},
    Scheme, header,
};

/// [ConfigCat](https://configcat.com/docs/advanced/notifications-webhooks/).
///
/// The signature covers the body, the timestamp and the event id.
///
/// The secret is a signing key of the webhook from the dashboard, used as text with its configcat_whsk_
/// prefix. Id, timestamp and body are signed without separators, so check that the id and the timestamp
/// have their usual form. With a primary and a secondary signing key the header lists two signatures.
/// Body and HTTP method are chosen in the webhook's settings; choose POST.
#[derive(Clone, Copy, Debug)]
pub struct ConfigCat;

impl Provider for ConfigCat {
    const SCHEME: Scheme = Scheme::hmac_sha256("configcat")
        .signature(header("x-configcat-webhook-signature-v1").list(',').base64())
        .signs(&[Id, Timestamp, Body])
        .timestamp(header("x-configcat-webhook-timestamp").seconds())
        .id(header("x-configcat-webhook-id"));
}
