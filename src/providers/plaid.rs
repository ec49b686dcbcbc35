use super::Provider;
use crate::scheme::{HashEncoding::Hex, Jwt, JwtAlgorithm::Es256, KeyForm, Scheme, all, header, json};

/// [Plaid](https://plaid.com/docs/api/webhooks/webhook-verification/).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The keys are Plaid's public keys for ES256 as JWK, fetched by key id from
/// /webhook_verification_key/get with the client id and secret of the API. Plaid signs for all of its
/// customers with the same keys, and any of them can have events of their own sent to your URL: an
/// `/item_id` that you do not know is not yours. The signature is a JWT that holds the time and the
/// SHA-256 of the body. Keys rotate: one that has expired_at set must not be used any more. Plaid stops
/// retrying where it sees most deliveries refused. There is no event id, and a body says no more than
/// that there is news, again and again in the same bytes: a repeat is told only while its twin is
/// handled. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Plaid;

impl Provider for Plaid {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Es256]).max_age_secs(300).body_hash("request_body_sha256", Hex);
        Scheme::jwt("plaid", RULE)
            .signature(header("plaid-verification").raw())
            .key(KeyForm::BASE64)
            .event_type(all(&[json("/webhook_type"), json("/webhook_code")]))
            .retries_for_hours(24)
            .acknowledged(200, "")
            .repeats()
    };
}
