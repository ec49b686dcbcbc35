use super::Provider;
use crate::scheme::{Handshake, Said, Scheme, all, first, header, json};

/// [CloudEvents webhooks, bearer token](https://github.com/cloudevents/spec).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the bearer token that was agreed with the sender, given without the word Bearer. The
/// specification knows authorization only and no signature. A sender asks first with OPTIONS and
/// WebHook-Request-Origin, and delivers after an answer that names it in WebHook-Allowed-Origin. An id
/// is unique only together with its source; both are headers in binary mode and in the body in
/// structured mode. The answers are 200, 201, 202 or 204; 410 ends deliveries, 429 with Retry-After
/// slows them, 415 refuses the format.
#[derive(Clone, Copy, Debug)]
pub struct CloudEvents;

impl Provider for CloudEvents {
    const SCHEME: Scheme = Scheme::token("cloudevents-webhook")
        .signature(header("authorization").prefix("Bearer ").raw())
        .handshakes(&[Handshake::options().challenge(header("webhook-request-origin")).headers(&[
            ("webhook-allowed-origin", Said::Challenge),
            ("webhook-allowed-rate", Said::Text("*")),
            ("allow", Said::Text("POST")),
        ])])
        .id(first(&[all(&[header("ce-source"), header("ce-id")]), all(&[json("/source"), json("/id")])]))
        .event_type(first(&[header("ce-type"), json("/type")]));
}
