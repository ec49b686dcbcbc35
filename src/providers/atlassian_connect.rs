use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Hs256, Scheme, header, json};

/// [Atlassian
/// Connect](https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event id or the event type.
///
/// The secret is the sharedSecret that the site sent when the app was installed, given as text. Every
/// installation has its own secret, chosen by the token's issuer, which is the site's clientKey. A
/// receiver with the secrets of several sites takes a token of one with a body of another: give each
/// site a URL of its own, and use `Tenants`. The token is bound to the method, path and query through a
/// hash, so the URL must be the one that Atlassian called. The callbacks of installing and uninstalling
/// are signed with RS256 by keys of Atlassian and not with this secret. X-Atlassian-Webhook-Identifier
/// is the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct AtlassianConnect;

impl Provider for AtlassianConnect {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256]).query_hash();
        Scheme::jwt("atlassian-connect", RULE)
            .signature(header("authorization").prefix("JWT ").raw())
            .id(header("x-atlassian-webhook-identifier"))
            .event_type(json("/webhookEvent"))
    };
}
