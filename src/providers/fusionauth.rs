use super::Provider;
use crate::scheme::{
    HashEncoding::Base64,
    Jwt,
    JwtAlgorithm::{Hs256, Hs384, Hs512},
    Scheme, header, json,
};

/// [FusionAuth](https://fusionauth.io/docs/extend/events-and-webhooks/signing).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is that of the HMAC key chosen for signing in the webhook's settings, used as text.
/// Signing has to be switched on for each webhook, with a key from the Key Master. The header holds a
/// JWT with a SHA-256 digest of the body and no time, so a captured request does not grow old. The
/// algorithm is that of the chosen key, never the one that the token names.
#[derive(Clone, Copy, Debug)]
pub struct FusionAuth;

impl Provider for FusionAuth {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256, Hs384, Hs512]).body_hash("request_body_sha256", Base64);
        Scheme::jwt("fusionauth", RULE)
            .signature(header("x-fusionauth-signature-jwt").raw())
            .id(json("/event/id"))
            .event_type(json("/event/type"))
    };
}
