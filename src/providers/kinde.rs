use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Rs256, KeyForm, Payload, Scheme, claim, whole_body};

/// [Kinde](https://docs.kinde.com/integrate/webhooks/about-webhooks/).
///
/// The signature covers the body, the event id and the event type.
///
/// The key is the RSA key of your Kinde domain's key set (under `/.well-known/jwks.json`), as a JSON
/// web key or as PEM. The body is a token and nothing else, with the content type `application/jwt`.
/// The same keys sign the tokens of your users, which have neither an event's id nor its type: those are
/// refused. The token does not expire, so only the event id tells a captured one. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Kinde;

impl Provider for Kinde {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Rs256]).holds(&["event_id", "type"]);
        Scheme::jwt("kinde", RULE)
            .signature(whole_body().raw())
            .key(KeyForm::BASE64)
            .id(claim("/event_id"))
            .event_type(claim("/type"))
            .payload(Payload::Claims)
            .retries_for_hours(24)
    };
}
