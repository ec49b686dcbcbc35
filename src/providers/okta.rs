use super::Provider;
use crate::scheme::{Batch, Handshake, Said, Scheme, header, json};

/// [Okta, event hooks](https://developer.okta.com/docs/concepts/event-hooks/).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the value of the hook's authentication field, given exactly as it is configured there;
/// this expects it in the Authorization header, which is the default. A delivery may carry several
/// events, each with its own uuid and eventType under /data/events; /eventId names the delivery as a
/// whole. To verify the endpoint, Okta sends a GET request with the header
/// x-okta-verification-challenge and wants its value back as JSON. Okta waits three seconds and retries
/// once, after a timeout or a 5xx answer. Events may come out of order and twice. Inline hooks are
/// another protocol. A delivery may carry several events. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Okta;

impl Provider for Okta {
    const SCHEME: Scheme = Scheme::token("okta")
        .signature(header("authorization").raw())
        .handshakes(&[Handshake::get().signed().challenge(header("x-okta-verification-challenge")).json(&[
            Said::Text("{\"verification\":"),
            Said::Quoted,
            Said::Text("}"),
        ])])
        .id(json("/eventId"))
        .batch(Batch::of("/data/events").id("/uuid").event_type("/eventType"))
        .methods(&["POST", "GET"])
        .retries_for_hours(1);
}
