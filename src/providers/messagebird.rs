use super::Provider;
use crate::scheme::{
    HashEncoding::Hex,
    Jwt,
    JwtAlgorithm::{Hs256, Hs384, Hs512},
    Payload, Scheme, all, claim, first, header,
};

/// [MessageBird](https://developers.messagebird.com/api/#verifying-http-requests).
///
/// The signature covers the body, the event id and the URL.
///
/// The secret is the signing key from the dashboard's developer settings, given as it is shown. The
/// token is valid for one minute, so a retry has another, and its `jti` names the token rather than the
/// event: the id is what the token says of URL and body. The URL is signed to the letter, with the order
/// of its query. What a body holds depends on the product, and
/// some callbacks are `GET` requests without one.
#[derive(Clone, Copy, Debug)]
pub struct MessageBird;

impl Provider for MessageBird {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256, Hs384, Hs512])
            .issuer("MessageBird")
            .leeway_secs(1)
            .url_hash("url_hash")
            .body_hash("payload_hash", Hex)
            .only_with_body();
        Scheme::jwt("messagebird", RULE)
            .signature(header("messagebird-signature-jwt").raw())
            .id(first(&[all(&[claim("/url_hash"), claim("/payload_hash")]), claim("/url_hash")]))
            .payload(Payload::JsonOrForm("payload"))
            .methods(&["POST", "GET", "DELETE"])
    };
}
