use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, all, field, header, json,
};

/// [Cloudflare Stream](https://developers.cloudflare.com/stream/manage-video-library/using-webhooks/).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the one that the API returned when the webhook URL was set, given as text. The event
/// is named by the video's uid together with its state. The header is called Webhook-Signature but has
/// another form than in Standard Webhooks. The signature printed as an example in the documentation
/// does not verify with the values beside it.
#[derive(Clone, Copy, Debug)]
pub struct CloudflareStream;

impl Provider for CloudflareStream {
    const SCHEME: Scheme = Scheme::hmac_sha256("cloudflare-stream")
        .signature(header("webhook-signature").pairs(',', '=', "sig1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("time").seconds())
        .id(all(&[json("/uid"), json("/status/state")]))
        .event_type(json("/status/state"));
}
