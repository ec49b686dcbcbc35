use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Frame.io](https://developer.adobe.com/frameio/guides/Webhooks/).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the webhook's signing secret, which Frame.io makes and shows once at creation, used as
/// text. Events have no id. Frame.io waits five seconds for an answer and retries up to five times.
/// There is no event id: the digest of what is signed stands in. It covers the time, so a retry that is
/// signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct FrameIo;

impl Provider for FrameIo {
    const SCHEME: Scheme = Scheme::hmac_sha256("frameio")
        .signature(header("x-frameio-signature").prefix("v0="))
        .signs(&[Lit("v0:"), Timestamp, Lit(":"), Body])
        .timestamp(header("x-frameio-request-timestamp").seconds())
        .event_type(json("/type"));
}
