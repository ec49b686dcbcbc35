use super::Provider;
use crate::scheme::{Code, Scheme, header};

/// [Contentful](https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/).
///
/// The signature covers the body, the timestamp and the URL, but not the event id or the event type.
///
/// The secret is the signing secret of the space or of the app, 64 characters, given as text. The
/// sender chooses the signed headers, so insist that x-contentful-timestamp and
/// x-contentful-signed-headers are among them. The path and the query are signed as Contentful called
/// them: a proxy that rewrites them breaks the signature. The timestamp counts milliseconds, and
/// Contentful's own library accepts a request for 30 seconds. The idempotency key is not sent with
/// every request. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Contentful;

impl Provider for Contentful {
    const SCHEME: Scheme = Scheme::code("contentful", Code::Contentful)
        .signature(header("x-contentful-signature").hex())
        .timestamp(header("x-contentful-timestamp").millis().tolerance_secs(30))
        .id(header("x-contentful-idempotency-key"))
        .event_type(header("x-contentful-topic"))
        .methods(&["POST", "GET", "PUT", "PATCH", "DELETE"])
        .retries_for_hours(1);
}
