use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Rs256, KeyForm, Payload, Scheme, whole_body};

/// [Wix](https://dev.wix.com/docs/build-apps/develop-your-app/api-integrations/events-and-webhooks/about-webhooks).
///
/// The signature covers the body.
///
/// The key is the app's public key in PEM from its webhooks page, given as it is shown. The body as a
/// whole is a JWT, sent as plain text. The claim `data` holds JSON as a string, with the event's type
/// and, in another such string, its content. Wix waits about a second for the answer and retries up to
/// 12 times within two days unless it is 200, so handlers have to answer that, not 204. There is no event id where it can be read: the digest of all claims stands
/// in. It covers the token's times, so a retry with a new token is not recognised; the content in `data`
/// has an id to tell it by. Retries: for
/// up to 48 hours.
#[derive(Clone, Copy, Debug)]
pub struct Wix;

impl Provider for Wix {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Rs256]).holds(&["data"]);
        Scheme::jwt("wix", RULE)
            .signature(whole_body().raw())
            .key(KeyForm::BASE64)
            .payload(Payload::Claims)
            .retries_for_hours(48)
            .acknowledged(200, "")
    };
}
