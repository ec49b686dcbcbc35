use super::Provider;
use crate::scheme::{
    Handshake, HashEncoding,
    Part::{Body, Lit, Timestamp},
    Said, Scheme, When, header, json,
};

/// [Zoom](https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the app's secret token from its settings, given as it is shown. Events have no id;
/// `/event`, `/event_ts` and what the payload names tell one from another. The event
/// `endpoint.url_validation`, sent at first and every 72 hours after, must be answered within three
/// seconds with the HMAC of its `plainToken`. Zoom retries three times, within about an hour and a
/// half. There is no event id: the digest of the body stands in, which has a time of its own, at
/// `/event_ts`, while a retry may be signed anew. A recording has been
/// [seen](https://devforum.zoom.us/t/128602) to come again with another download URL and token in the
/// body: it is another event then, so look at `/payload/object/uuid`. Retries: for up to 2 hours.
#[derive(Clone, Copy, Debug)]
pub struct Zoom;

impl Provider for Zoom {
    const SCHEME: Scheme = Scheme::hmac_sha256("zoom")
        .signature(header("x-zm-signature").prefix("v0="))
        .signs(&[Lit("v0:"), Timestamp, Lit(":"), Body])
        .timestamp(header("x-zm-request-timestamp").seconds())
        .handshakes(&[Handshake::post()
            .signed()
            .when(&[When::Is(json("/event"), "endpoint.url_validation")])
            .challenge(json("/payload/plainToken"))
            .json(&[
                Said::Text("{\"plainToken\":"),
                Said::Quoted,
                Said::Text(",\"encryptedToken\":\""),
                Said::Mac(HashEncoding::Hex),
                Said::Text("\"}"),
            ])])
        .event_type(json("/event"))
        .retries_for_hours(2)
        .named_by_body();
}
