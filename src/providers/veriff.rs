use super::Provider;
use crate::scheme::{Part::Body, Scheme, first, header, json};

/// [Veriff](https://devdocs.veriff.com/docs/hmac-authentication-and-endpoint-security).
///
/// The signature covers the body and the event type.
///
/// The secret is the integration's shared secret key from the customer portal, given as the text that
/// is shown. Deliveries have no id: the session's is shared by all its events, and after a resubmission
/// the same status can come again. Events of the end user's flow have no time: an action done twice in
/// one attempt gives the same bytes, and the second is told as a repeat. The header `X-Auth-Client` holds the integration's API key and can
/// be compared with it. Retries go on for up to a week. There is no event id: the digest of what is
/// signed stands in. Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct Veriff;

impl Provider for Veriff {
    const SCHEME: Scheme = Scheme::hmac_sha256("veriff")
        .signature(header("x-hmac-signature").hex())
        .signs(&[Body])
        .event_type(first(&[json("/eventType"), json("/action"), json("/verification/status")]))
        .retries_for_hours(168)
        .acknowledged(200, "");
}
