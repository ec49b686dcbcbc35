use super::Provider;
use crate::scheme::{
    Batch,
    Part::{Body, Secret},
    Scheme, header,
};

/// [HubSpot, version
/// 1](https://developers.hubspot.com/docs/guides/apps/authentication/validating-requests).
///
/// The signature covers the body.
///
/// The secret is the app's client secret, given as it is shown. The signature is a plain SHA-256 of
/// secret and body, which is open to length extension; prefer version 3. What is signed in version 2
/// would be a body here: bodies that do not begin as JSON are refused. A body is an array of up to a
/// hundred events. HubSpot does not promise that an `eventId` is unique, so account, subscription and
/// time belong to the id. A delivery may carry several events. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct HubSpotV1;

impl Provider for HubSpotV1 {
    const SCHEME: Scheme = Scheme::digest_sha256("hubspot-v1")
        .signature(header("x-hubspot-signature").hex())
        .signs(&[Secret, Body])
        .requires(&[("x-hubspot-signature-version", "v1")])
        .batch(
            Batch::of("")
                .id("/eventId")
                .id_with(&["/portalId", "/subscriptionId", "/occurredAt"])
                .event_type("/subscriptionType"),
        )
        .key_also_signs(&[""])
        .retries_for_hours(24);
}
