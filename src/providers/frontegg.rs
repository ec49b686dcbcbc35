use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Hs256, Scheme, header, json};

/// [Frontegg](https://developers.frontegg.com/ciam/guides/env-settings/webhooks).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event type.
///
/// The secret is the webhook's secret from the portal, used as text. The header holds a JWT that says
/// who sent the request and nothing of the body. Some accounts are reported to get the plain secret in
/// that header, which does not verify here. Events have neither an id nor a time: an invitation sent
/// twice gives the same bytes, so a repeat is told only while its twin is handled. The number of retries
/// is a setting, three by default.
#[derive(Clone, Copy, Debug)]
pub struct Frontegg;

impl Provider for Frontegg {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256]).leeway_secs(60);
        Scheme::jwt("frontegg", RULE)
            .signature(header("x-webhook-secret").raw())
            .event_type(json("/eventKey"))
            .repeats()
    };
}
