use super::Provider;
use crate::scheme::{
    Handshake,
    Part::{Body, Header, Secret, Timestamp},
    Said, Scheme, When, first, header, json,
};

/// [Feishu and Lark,
/// events](https://open.feishu.cn/document/server-docs/event-subscription-guide/event-subscription-configure-/encrypt-key-encryption-configuration-case).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the Encrypt Key of the app's event subscription, used as text. With an Encrypt Key
/// set, bodies are encrypted as `encrypt`, and id and type can be read only after decryption. Card
/// callbacks are signed in another way, with SHA-1 and the Verification Token, and do not verify here.
/// The URL is checked with a `url_verification` request, whose `challenge` must come back as JSON
/// within a second. Feishu retries four times within about seven hours with the same id. Retries: for
/// up to 8 hours.
#[derive(Clone, Copy, Debug)]
pub struct Feishu;

impl Provider for Feishu {
    const SCHEME: Scheme = Scheme::digest_sha256("feishu")
        .signature(header("x-lark-signature").hex())
        .signs(&[Timestamp, Header("x-lark-request-nonce"), Secret, Body])
        .timestamp(header("x-lark-request-timestamp").seconds().not_enforced())
        .handshakes(&[Handshake::post()
            .signed()
            .when(&[When::Is(json("/type"), "url_verification")])
            .challenge(json("/challenge"))
            .json(&[Said::Text("{\"challenge\":"), Said::Quoted, Said::Text("}")])])
        .id(first(&[json("/header/event_id"), json("/uuid")]))
        .event_type(first(&[json("/header/event_type"), json("/event/type")]))
        .retries_for_hours(8);
}
