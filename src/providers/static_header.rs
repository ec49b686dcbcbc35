use super::Provider;
use crate::scheme::{Scheme, header};

/// Static header.
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the whole value of the header `X-Webhook-Secret`, given as it was set with the
/// provider. This is for providers that send a fixed value of your choice in a header and nothing else.
/// Without an id, two deliveries with the same body count as one event. There is no event id: the
/// digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct StaticHeader;

impl Provider for StaticHeader {
    const SCHEME: Scheme = Scheme::token("static-header").signature(header("x-webhook-secret").raw());
}
