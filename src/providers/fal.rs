use super::Provider;
use crate::scheme::{
    BodyHash::Sha256,
    HashEncoding::Hex,
    KeyForm,
    Part::{BodyDigest, Header, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [fal](https://docs.fal.ai/model-apis/model-endpoints/webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The key is an Ed25519 public key from the key set that fal publishes at
/// `https://rest.alpha.fal.ai/.well-known/jwks.json`, given as the base64url text of its `x`. The key
/// set can hold several keys, any of which may have signed, and fal asks to refresh it at least daily.
/// fal signs for everybody with these keys, and who calls a model says where the webhook goes: configure
/// your own user id as `user_id`, which `X-Fal-Webhook-User-Id` has to name.
/// The request id stays the same over the ten retries, which take two hours. Retries: for up to 2
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct Fal;

impl Provider for Fal {
    const SCHEME: Scheme = Scheme::ed25519("fal")
        .signature(header("x-fal-webhook-signature").hex())
        .signs(&[
            Id,
            Lit("\n"),
            Header("x-fal-webhook-user-id"),
            Lit("\n"),
            Timestamp,
            Lit("\n"),
            BodyDigest(Sha256, Hex),
        ])
        .timestamp(header("x-fal-webhook-timestamp").seconds())
        .key(KeyForm::BASE64)
        .belongs_to(header("x-fal-webhook-user-id"), "user_id")
        .id(header("x-fal-webhook-request-id"))
        .event_type(json("/status"))
        .retries_for_hours(2);
}
