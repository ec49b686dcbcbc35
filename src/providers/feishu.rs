use super::Provider;
use crate::scheme::{
    Part::{Body, Header, Secret, Timestamp},
    Scheme, first, header, json,
};

/// [Feishu and Lark,
/// events](https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the Encrypt Key of the app's event subscription, used as text. The signature is a plain
/// SHA-256 with the key in front of the body, not an HMAC: whoever captures a delivery can append bytes
/// to its body and sign the result. Card callbacks are signed in another way, with SHA-1 and the
/// Verification Token, and do not verify here. **With an Encrypt Key set, bodies are encrypted as
/// `encrypt`:** the check of the URL, a `url_verification` whose `challenge` must come back as JSON
/// within a second, has to be decrypted and answered in front of the gate, and ids and types can be read
/// only after decryption, so a retry that is signed anew is not recognised. Feishu retries four times
/// within about seven hours. Retries: for up to 8 hours.
#[derive(Clone, Copy, Debug)]
pub struct Feishu;

impl Provider for Feishu {
    const SCHEME: Scheme = Scheme::digest_sha256("feishu")
        .signature(header("x-lark-signature").hex())
        .signs(&[Timestamp, Header("x-lark-request-nonce"), Secret, Body])
        .timestamp(header("x-lark-request-timestamp").seconds().not_enforced())
        .id(first(&[json("/header/event_id"), json("/uuid")]))
        .event_type(first(&[json("/header/event_type"), json("/event/type")]))
        .retries_for_hours(8);
}
