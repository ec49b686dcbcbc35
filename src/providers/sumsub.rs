use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Sumsub](https://docs.sumsub.com/docs/webhook-manager#verify-webhook-sender).
///
/// The signature covers the body and the event type.
///
/// The secret is the webhook's secret key from the webhook manager in the dashboard, given as it is
/// shown. The webhook must be set to HMAC-SHA-256 in the dashboard; requests that name another digest
/// algorithm are refused. `/correlationId` belongs to what caused an event and is not taken for its id.
/// Failed deliveries are tried again four times, most kinds of event within about a day. There is no
/// event id: the digest of what is signed stands in. Retries: for up to 25 hours.
#[derive(Clone, Copy, Debug)]
pub struct Sumsub;

impl Provider for Sumsub {
    const SCHEME: Scheme = Scheme::hmac_sha256("sumsub")
        .signature(header("x-payload-digest").hex())
        .signs(&[Body])
        .requires(&[("x-payload-digest-alg", "HMAC_SHA256_HEX")])
        .event_type(json("/type"))
        .retries_for_hours(25);
}
