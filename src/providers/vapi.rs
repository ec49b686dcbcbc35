use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Vapi, shared token](https://docs.vapi.ai/server-url/server-authentication).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the server secret set in Vapi, which comes back as it is in `X-Vapi-Secret`. This is
/// Vapi's older way; credentials with an HMAC are the better choice. Messages have no id. Some messages
/// are questions whose answer steers the call. There is no event id: the digest of what is signed
/// stands in.
#[derive(Clone, Copy, Debug)]
pub struct Vapi;

impl Provider for Vapi {
    const SCHEME: Scheme =
        Scheme::token("vapi").signature(header("x-vapi-secret").raw()).event_type(json("/message/type"));
}
