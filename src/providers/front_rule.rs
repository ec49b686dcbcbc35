use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Front, rule webhooks](https://dev.frontapp.com/docs/rule-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the company's API secret from Front's settings, used as text. The signature uses SHA-1
/// and has no timestamp; application webhooks have both better.
#[derive(Clone, Copy, Debug)]
pub struct FrontRule;

impl Provider for FrontRule {
    const SCHEME: Scheme = Scheme::hmac_sha1("front-rule")
        .signature(header("x-front-signature").base64())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"));
}
