use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header, json};

/// [Ably](https://ably.com/docs/platform/integrations/webhooks).
///
/// The signature covers the body.
///
/// The secret is the part after the colon of the Ably API key that the integration rule signs with,
/// given as text. Deliveries are signed only where the integration rule wraps events in Ably's envelope,
/// alone or in batches, and names a signing key. A batch carries several events in items, each with its
/// own serial and source; an event that comes alone has no id here; webhookId names the rule and not the
/// event. X-Ably-Key holds the public part of the API key, before the colon, and so tells which key
/// signed. The same key signs [token requests](https://ably.com/docs/api/token-request-spec), which are
/// given to browsers: bodies that do not begin as JSON are refused, so choose JSON and not MessagePack.
/// A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct Ably;

impl Provider for Ably {
    const SCHEME: Scheme = Scheme::hmac_sha256("ably")
        .signature(header("x-ably-signature").base64())
        .signs(&[Body])
        .event_type(json("/source"))
        .batch(Batch::of("/items").id("/serial").event_type("/source").or_alone())
        .key_also_signs(&[""]);
}
