use super::Provider;
use crate::scheme::{
    BodyHash::Sha256,
    HashEncoding::Raw,
    Part::{BodyDigest, Lit, SortedQuery, Timestamp},
    Payload, Scheme, header,
};

/// [MessageBird, legacy signature](https://github.com/messagebird/go-rest-api).
///
/// The signature covers the body and the timestamp.
///
/// The secret is the signing key from the dashboard's developer settings, given as it is shown.
/// MessageBird's own libraries allow only ten seconds of difference in time. Requests have no event id.
/// Some callbacks are `GET` requests without a body; the query is signed in sorted order. There is no
/// event id: the digest of what is signed stands in. It covers the time, so a retry that is signed anew
/// is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct MessageBirdLegacy;

impl Provider for MessageBirdLegacy {
    const SCHEME: Scheme = Scheme::hmac_sha256("messagebird-legacy")
        .signature(header("messagebird-signature").base64())
        .signs(&[Timestamp, Lit("\n"), SortedQuery, Lit("\n"), BodyDigest(Sha256, Raw)])
        .timestamp(header("messagebird-request-timestamp").seconds().tolerance_secs(10))
        .payload(Payload::JsonOrForm("payload"))
        .methods(&["POST", "GET"]);
}
