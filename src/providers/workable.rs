use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Workable](https://workable.readme.io/reference/webhook-subscriptions).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the API access token with which the subscription was made, or for a partner's app its
/// client secret, given as it is shown. The event id stays the same over retries.
#[derive(Clone, Copy, Debug)]
pub struct Workable;

impl Provider for Workable {
    const SCHEME: Scheme = Scheme::hmac_sha256("workable")
        .signature(header("x-workable-signature").hex())
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/event_type"));
}
