use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Rs256, KeyForm, Scheme, first, header, json};

/// [Google Cloud Pub/Sub, push](https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event id.
///
/// The key is Google's public RSA key with the key id that the token names, given as PEM.
/// Authentication has to be switched on for the push subscription, with a service account and an
/// audience of yours. Configure both, the account's e-mail address as `email`: Google signs a token
/// with any audience for any service account. Google changes its keys often: fetch its key set and keep
/// it for a time. A message is sent again until it is acknowledged or its retention ends, seven days by
/// default, with the same id; the id is read from the wrapped form or, of an unwrapped message, from
/// `x-goog-pubsub-message-id`, which comes where metadata are switched on. Without either, two messages
/// with the same data are alike, and a repeat is told only while its twin is handled. Retries: for up
/// to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct GooglePubSub;

impl Provider for GooglePubSub {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Rs256])
            .issuer("https://accounts.google.com")
            .configured(&[("aud", "audience"), ("email", "email")])
            .affirmed(&["email_verified"])
            .expires();
        Scheme::jwt("google-pubsub", RULE)
            .signature(header("authorization").prefix("Bearer ").raw())
            .key(KeyForm::BASE64)
            .id(first(&[json("/message/messageId"), header("x-goog-pubsub-message-id")]))
            .retries_for_hours(168)
            .repeats()
    };
}
