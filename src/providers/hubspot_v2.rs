use super::Provider;
use crate::scheme::{
    Part::{Body, Method, Secret, Url},
    Scheme, header,
};

/// [HubSpot, version
/// 2](https://developers.hubspot.com/docs/guides/apps/authentication/validating-requests).
///
/// The signature covers the body and the URL.
///
/// The secret is the app's client secret, given as it is shown. Workflow actions and CRM cards are
/// signed this way; a body is one object and has no event id. The signature is a plain SHA-256 that
/// starts with the secret, not an HMAC: whoever captures a delivery can append bytes to its body and
/// sign the result. Prefer version 3. A front end of the app can have [any
/// request](https://developers.hubspot.com/docs/apps/developer-platform/add-features/ui-extensibility/fetching-data)
/// to a URL in the app's `permittedUrls.fetch` signed, by `hubspot.fetch` in a user's browser: keep this
/// URL out of that list. The signed URL is the public one with its query. There is no event id: the
/// digest of what is signed stands in. Events can be equal byte for byte, so a repeat is told only while
/// its twin is handled. Workflows are
/// [retried](https://knowledge.hubspot.com/workflows/how-do-i-use-webhooks-with-hubspot-workflows) for
/// three days. Retries: for up to 73 hours.
#[derive(Clone, Copy, Debug)]
pub struct HubSpotV2;

impl Provider for HubSpotV2 {
    const SCHEME: Scheme = Scheme::digest_sha256("hubspot-v2")
        .signature(header("x-hubspot-signature").hex())
        .signs(&[Secret, Method, Url, Body])
        .requires(&[("x-hubspot-signature-version", "v2")])
        .methods(&["POST", "GET"])
        .retries_for_hours(73)
        .repeats();
}
