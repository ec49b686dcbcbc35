use super::Provider;
use crate::scheme::{
    Part::{Body, Secret, Timestamp},
    Scheme, header, json,
};

/// [Cloudinary](https://cloudinary.com/documentation/notification_signatures).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the API secret of the product environment, given as it is shown. The signature is a
/// plain digest with the API secret at the end of the message, and no HMAC. The digest is SHA-1 unless
/// the account is set to SHA-256. Browsers get signatures of uploads by the same secret: bodies that do
/// not begin as JSON are refused. An endpoint of yours that signs uploads has to choose the names of the
/// parameters itself: one that begins with `{` or `[` could make JSON of them. Cloudinary's own
/// libraries accept a notification for two hours. There is no id that is known to name one notification.
/// There is no event id: the digest of what is signed stands in. It covers the time, so a retry that is
/// signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct Cloudinary;

impl Provider for Cloudinary {
    const SCHEME: Scheme = Scheme::digest_sha1("cloudinary")
        .signature(header("x-cld-signature").hex())
        .signs(&[Body, Timestamp, Secret])
        .timestamp(header("x-cld-timestamp").seconds().tolerance_secs(7200))
        .event_type(json("/notification_type"))
        .key_also_signs(&[""]);
}

/// [Cloudinary, SHA-256](https://cloudinary.com/documentation/notification_signatures).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the API secret of the product environment, given as it is shown. The signature is a
/// plain digest with the API secret at the end of the message, and no HMAC. The digest is SHA-1 unless
/// the account is set to SHA-256. Browsers get signatures of uploads by the same secret: bodies that do
/// not begin as JSON are refused. An endpoint of yours that signs uploads has to choose the names of the
/// parameters itself: one that begins with `{` or `[` could make JSON of them. Cloudinary's own
/// libraries accept a notification for two hours. There is no id that is known to name one notification.
/// There is no event id: the digest of what is signed stands in. It covers the time, so a retry that is
/// signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct CloudinarySha256;

impl Provider for CloudinarySha256 {
    const SCHEME: Scheme = Scheme::digest_sha256("cloudinary-sha256")
        .signature(header("x-cld-signature").hex())
        .signs(&[Body, Timestamp, Secret])
        .timestamp(header("x-cld-timestamp").seconds().tolerance_secs(7200))
        .event_type(json("/notification_type"))
        .key_also_signs(&[""]);
}
