use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Sinch Numbers](https://github.com/sinch/sinch-sdk-node).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the HMAC secret of the project's callback configuration, given as text. The signature
/// is made with SHA-1. Retries keep the event id.
#[derive(Clone, Copy, Debug)]
pub struct SinchNumbers;

impl Provider for SinchNumbers {
    const SCHEME: Scheme = Scheme::hmac_sha1("sinch-numbers")
        .signature(header("x-sinch-signature").hex())
        .signs(&[Body])
        .id(json("/eventId"))
        .event_type(json("/eventType"));
}
