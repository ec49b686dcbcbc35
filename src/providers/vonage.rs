use super::Provider;
use crate::scheme::{HashEncoding::Hex, Jwt, JwtAlgorithm::Hs256, Scheme, all, first, header, json};

/// [Vonage, signed
/// webhooks](https://developer.vonage.com/en/getting-started/concepts/webhooks#validating-signed-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the account's signature secret from the dashboard, given as it is shown. The token
/// covers the body through its claim `payload_hash`; a token without it is not enough for a body. The
/// reports on a message share its `/message_uuid`, so the status belongs to the id. The claim `jti`
/// belongs to one delivery and says nothing of retries. The [answer
/// webhook](https://developer.vonage.com/voice/voice-api/webhook-reference) of a call is a `GET` by
/// default: set its `answer_method` to `POST`. Vonage retries for a day until the answer is a
/// success. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Vonage;

impl Provider for Vonage {
    const SCHEME: Scheme = {
        const RULE: &Jwt =
            &Jwt::new(&[Hs256]).leeway_secs(300).body_hash("payload_hash", Hex).only_with_body();
        Scheme::jwt("vonage", RULE)
            .signature(header("authorization").prefix("Bearer ").raw())
            .id(first(&[all(&[json("/message_uuid"), json("/status")]), json("/message_uuid")]))
            .event_type(json("/status"))
            .retries_for_hours(24)
    };
}
