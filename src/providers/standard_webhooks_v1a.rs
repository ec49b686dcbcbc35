use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{KeyForm, Scheme, header};

/// [Standard Webhooks,
/// asymmetric](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The key is the sender's Ed25519 public key as `whpk_` and the base64 of its 32 bytes; a private key
/// (`whsk_…`) is refused. Only signatures marked `v1a` count; `v1` signatures in the same header are
/// for the shared secret and are passed over. The id is the same for every attempt of a message, and
/// each attempt has a timestamp and a signature of its own. Retries: for up to 76 hours.
#[derive(Clone, Copy, Debug)]
pub struct StandardWebhooksV1a;

impl Provider for StandardWebhooksV1a {
    const SCHEME: Scheme = standard_webhooks(Scheme::ed25519("standard-webhooks-v1a"))
        .signature(header("webhook-signature").pairs(' ', ',', "v1a").base64())
        .key(KeyForm::BASE64.strip(&["whpk_"]))
        .retries_for_hours(76);
}
