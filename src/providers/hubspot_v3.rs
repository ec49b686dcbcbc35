use super::Provider;
use crate::scheme::{
    Batch,
    Part::{Body, Method, Timestamp, UnescapedUrl},
    Scheme, header,
};

/// [HubSpot, version
/// 3](https://developers.hubspot.com/docs/guides/apps/authentication/validating-requests).
///
/// The signature covers the body and the timestamp. It covers the URL but for how some marks in it are
/// escaped.
///
/// The secret is the app's client secret, given as it is shown. A body of subscribed events is an array
/// of up to a hundred of them, and `eventId` is not promised to be unique, so account, subscription and
/// time belong to the id. The signed URL is the public one with its query, in which HubSpot decodes the
/// percent escapes of `:/?@!$'()*,;` before it signs. Requests may carry the headers of the older
/// versions too; those are not looked at. A front end of the app can have [any
/// request](https://developers.hubspot.com/docs/apps/developer-platform/add-features/ui-extensibility/fetching-data)
/// to a URL in the app's `permittedUrls.fetch` signed, by `hubspot.fetch` in a user's browser: keep this
/// URL out of that list. A delivery may carry several events. A workflow sends one object, or a `GET`
/// without a body; neither has an id, so the digest of what is signed stands in. It covers the time, so
/// a retry that is signed anew is not recognised. Subscribed events are retried for a day,
/// [workflows](https://knowledge.hubspot.com/workflows/how-do-i-use-webhooks-with-hubspot-workflows) for
/// three. Retries: for up to 73 hours.
#[derive(Clone, Copy, Debug)]
pub struct HubSpotV3;

impl Provider for HubSpotV3 {
    const SCHEME: Scheme = Scheme::hmac_sha256("hubspot-v3")
        .signature(header("x-hubspot-signature-v3").base64())
        .signs(&[Method, UnescapedUrl(":/?@!$'()*,;"), Body, Timestamp])
        .timestamp(header("x-hubspot-request-timestamp").millis())
        .methods(&["POST", "GET"])
        .batch(
            Batch::of("")
                .id("/eventId")
                .id_with(&["/portalId", "/subscriptionId", "/occurredAt"])
                .event_type("/subscriptionType"),
        )
        .retries_for_hours(73);
}
