use super::Provider;
use crate::scheme::{
    Batch, Handshake, HashEncoding,
    Part::{Body, Lit},
    Said, Scheme, header, json, query,
};

/// [LinkedIn](https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation).
///
/// The signature covers the body and the event type.
///
/// The secret is the app's client secret, given as it is shown. LinkedIn checks the URL every two hours
/// with a `GET` that has a `challengeCode`, to be answered within three seconds with its HMAC. A body
/// of social actions holds several in `/notifications`; a lead is an event by itself. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct LinkedIn;

impl Provider for LinkedIn {
    const SCHEME: Scheme = Scheme::hmac_sha256("linkedin")
        .signature(header("x-li-signature").prefix("hmacsha256=").prefix_optional().hex())
        .signs(&[Lit("hmacsha256="), Body])
        .handshakes(&[Handshake::get().challenge(query("challengeCode")).json(&[
            Said::Text("{\"challengeCode\":"),
            Said::Quoted,
            Said::Text(",\"challengeResponse\":\""),
            Said::Mac(HashEncoding::Hex),
            Said::Text("\"}"),
        ])])
        .event_type(json("/type"))
        .batch(
            Batch::of("/notifications")
                .id("/notificationId")
                .event_type("/action")
                .or_event_type("/type")
                .or_alone(),
        );
}
