use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Courier](https://www.courier.com/docs/platform/workspaces/outbound-webhooks).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the outbound webhook's signing secret from the workspace settings, used as text. The
/// body's `/data/id` names the message and comes back with each change of its status, so it is not
/// taken as the event's id. The timestamp in the header counts milliseconds. There is no event id: the
/// digest of what is signed stands in. It covers the time, so a retry that is signed anew is not
/// recognised.
#[derive(Clone, Copy, Debug)]
pub struct Courier;

impl Provider for Courier {
    const SCHEME: Scheme = Scheme::hmac_sha256("courier")
        .signature(header("courier-signature").pairs(',', '=', "signature"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").millis())
        .event_type(json("/type"));
}
