use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Castle](https://docs.castle.io/docs/webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the API secret of the Castle environment, given as it is shown. The key is the API
/// secret itself and not one made for webhooks: it also signs the ids of users for their browsers
/// ([secure mode](https://github.com/castle/castle-ruby#signature)). Bodies that do not begin as JSON
/// are refused, so let no user choose an id that does. The id in data is not unique to one event. There
/// is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Castle;

impl Provider for Castle {
    const SCHEME: Scheme = Scheme::hmac_sha256("castle")
        .signature(header("x-castle-signature").base64())
        .signs(&[Body])
        .event_type(json("/type"))
        .key_also_signs(&[""]);
}
