use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Gusto](https://docs.gusto.com/embedded-payroll/docs/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the subscription's verification token, given as it came. **The first delivery to a new
/// subscription brings the verification token, is not signed, and is refused here:** point the
/// subscription at a route of your own until that token is sent back through the API's verify call.
#[derive(Clone, Copy, Debug)]
pub struct Gusto;

impl Provider for Gusto {
    const SCHEME: Scheme = Scheme::hmac_sha256("gusto")
        .signature(header("x-gusto-signature").hex())
        .signs(&[Body])
        .id(json("/uuid"))
        .event_type(json("/event_type"));
}
