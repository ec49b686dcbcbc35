use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Strapi](https://docs.strapi.io/cms/backend-customization/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the whole value of the `Authorization` header configured in Strapi, for example with
/// `Bearer ` in front. Strapi has no signature of its own; the header must be added in the server's
/// configuration (`defaultHeaders`) or with the webhook. Events have no id. Failed deliveries are not
/// tried again. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct Strapi;

impl Provider for Strapi {
    const SCHEME: Scheme =
        Scheme::token("strapi").signature(header("authorization").raw()).event_type(json("/event"));
}
