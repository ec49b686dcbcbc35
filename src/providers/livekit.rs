use super::Provider;
use crate::scheme::{HashEncoding::Base64, Jwt, JwtAlgorithm::Hs256, Scheme, header, json};

/// [LiveKit](https://docs.livekit.io/home/server/webhooks/).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the API secret of the key that signs the webhooks, given as text; the API key itself
/// is the token's issuer. The token is in `Authorization` without the word `Bearer`, and is valid for
/// five minutes, over all tries. The content type is `application/webhook+json`, which readers of JSON bodies may skip.
#[derive(Clone, Copy, Debug)]
pub struct LiveKit;

impl Provider for LiveKit {
    const SCHEME: Scheme = {
        const RULE: &Jwt =
            &Jwt::new(&[Hs256]).leeway_secs(60).configured(&[("iss", "api_key")]).body_hash("sha256", Base64);
        Scheme::jwt("livekit", RULE)
            .signature(header("authorization").raw())
            .id(json("/id"))
            .event_type(json("/event"))
    };
}
