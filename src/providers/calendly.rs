use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Calendly](https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the signing key of the webhook subscription, given as text. There is no event id: the
/// uri in the payload is that of the invitee, which the events of booking and cancelling share.
/// Calendly's tolerance is three minutes. Failed deliveries are repeated for 24 hours, after which the
/// subscription is disabled. A reschedule sends both invitee.canceled and invitee.created. The body has
/// a time of its own: its digest names the event, whenever a retry is signed. Retries: for up to 24
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct Calendly;

impl Provider for Calendly {
    const SCHEME: Scheme = Scheme::hmac_sha256("calendly")
        .signature(header("calendly-webhook-signature").pairs(',', '=', "v1"))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds().tolerance_secs(180))
        .event_type(json("/event"))
        .named_by_body()
        .retries_for_hours(24);
}
