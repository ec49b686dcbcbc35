use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Bolt](https://help.bolt.com/developers/webhooks/).
///
/// The signature covers the body and the event type.
///
/// The secret is the signing secret from the Bolt merchant dashboard, given as it is shown. The id in
/// the body is that of the transaction, which several events share, so it is not taken for the event's.
/// Bolt retries unless the answer is 200 with a body of valid JSON. There is no event id: the digest of
/// what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Bolt;

impl Provider for Bolt {
    const SCHEME: Scheme = Scheme::hmac_sha256("bolt")
        .signature(header("x-bolt-hmac-sha256").base64())
        .signs(&[Body])
        .event_type(json("/type"))
        .acknowledged(200, "{}");
}
