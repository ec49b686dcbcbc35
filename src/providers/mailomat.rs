use super::Provider;
use crate::scheme::{
    Part::{Header, Id, Lit, Timestamp},
    Scheme, header,
};

/// [Mailomat](https://api.mailomat.swiss/docs/#tag/webhook-security).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It covers the timestamp, the event id and the event type.
///
/// The secret is the webhook's secret, given as it is shown. The signature covers three headers (id,
/// event and time) and nothing else. The body has an id of its own in `/id`, which differs from the one
/// in the header.
#[derive(Clone, Copy, Debug)]
pub struct Mailomat;

impl Provider for Mailomat {
    const SCHEME: Scheme = Scheme::hmac_sha256("mailomat")
        .signature(header("x-mom-webhook-signature").prefix("sha256="))
        .signs(&[Id, Lit("."), Header("x-mom-webhook-event"), Lit("."), Timestamp])
        .timestamp(header("x-mom-webhook-timestamp").seconds())
        .id(header("x-mom-webhook-id"))
        .event_type(header("x-mom-webhook-event"));
}
