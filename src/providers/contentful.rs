use super::Provider;
use crate::scheme::{Code, Scheme, header};

/// [Contentful](https://www.contentful.com/developers/docs/extensibility/app-framework/request-verification/).
///
/// The signature covers the body, the timestamp and the URL, but not the event id or the event type.
///
/// **Whoever uses a space in which an app is installed can make any delivery** under the app's signing
/// secret: the App Framework has [any request
/// signed](https://www.contentful.com/developers/docs/references/content-management-api/app-signed-request)
/// for the app's front end. Such a request names the user in `x-contentful-user-id`. Compare
/// `x-contentful-space-id` and `x-contentful-environment-id` with what you expect, and ask the API for
/// what matters.
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
