use super::Provider;
use crate::scheme::{HashEncoding::Hex, Jwt, JwtAlgorithm::Hs256, Scheme, header};

/// [Netlify deploy
/// notifications](https://docs.netlify.com/deploy/deploy-notifications/#payload-signature).
///
/// The signature covers the body, but not the event type.
///
/// The secret is the JWS secret token entered for the notification, given as text. A notification is
/// signed only where a JWS secret token is set for it. The token holds no time and does not expire. The
/// body's `/id` is that of the deploy and comes again with each of its events, so events have no id.
/// There is no event id: the digest of what is signed stands in, together with the type, since events
/// of different types can have the same body.
#[derive(Clone, Copy, Debug)]
pub struct Netlify;

impl Provider for Netlify {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256]).issuer("netlify").body_hash("sha256", Hex).only_with_body();
        Scheme::jwt("netlify", RULE)
            .signature(header("x-webhook-signature").raw())
            .event_type(header("x-netlify-event"))
            .repeats_across_types()
    };
}
