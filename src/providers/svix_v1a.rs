use super::{Provider, standard_webhooks::svix};
use crate::scheme::{KeyForm, Scheme, header};

/// [Svix, asymmetric](https://github.com/svix/svix-webhooks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The key is the sender's Ed25519 public key as `whpk_` and the base64 of its 32 bytes; a private key
/// (`whsk_…`) is refused. Only signatures marked `v1a` count; `v1` signatures in the same header are
/// for the shared secret and are passed over. The id is the same for every attempt of a message, and
/// each attempt has a timestamp and a signature of its own. Retries: for up to 28 hours.
#[derive(Clone, Copy, Debug)]
pub struct SvixV1a;

impl Provider for SvixV1a {
    const SCHEME: Scheme = svix(Scheme::ed25519("svix-v1a"))
        .signature(header("svix-signature").pairs(' ', ',', "v1a").base64())
        .key(KeyForm::BASE64.strip(&["whpk_"]))
        .retries_for_hours(28);
}
