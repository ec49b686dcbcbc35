use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Rs256, KeyForm, Scheme, header, json};

/// [Google Chat](https://developers.google.com/workspace/chat/verify-requests-from-chat).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event type.
///
/// The key is Google's public RSA key with the key id that the token names, given as PEM. The audience
/// has to be configured: the app's endpoint URL, or the project number, for which Google uses another
/// issuer and other keys. So has the e-mail address of the token, as `email`: that is
/// `chat@system.gserviceaccount.com`, and Google signs a token with any audience for any service
/// account. The token does not say which Chat app it is for: anybody can set one of theirs up with your
/// URL as its endpoint, and then audience and address are right. Google changes its keys often: fetch
/// its key set and keep it for a time. Events have no id. There is no event id: the digest of what is
/// signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct GoogleChat;

impl Provider for GoogleChat {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Rs256])
            .issuer("https://accounts.google.com")
            .configured(&[("aud", "audience"), ("email", "email")])
            .affirmed(&["email_verified"])
            .expires();
        Scheme::jwt("google-chat", RULE)
            .signature(header("authorization").prefix("Bearer ").raw())
            .key(KeyForm::BASE64)
            .event_type(json("/type"))
    };
}
