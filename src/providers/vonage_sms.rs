use super::Provider;
use crate::scheme::{
    Part::{Secret, SortedPairsBut},
    Payload, Place, Scheme, all, first, form,
};

/// [Vonage, SMS](https://developer.vonage.com/en/getting-started/concepts/signing-messages).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the account's signature secret from the dashboard, given as it is shown. Signed
/// messages must be switched on for the account, and the signature method set there must be the one
/// configured here. Prefer SHA-256 or SHA-512: the account setting also offers MD5, with and without
/// HMAC, and SHA-1. Delivery receipts share the id of the message they report on, so the status belongs
/// to the id. `&` and `=` in values are signed as `_`: whoever captures a message can change these marks
/// into each other. Whether parameters come by GET or by POST is a setting of the account: set it to
/// POST, since events are read from the body here, and a GET has none.
#[derive(Clone, Copy, Debug)]
pub struct VonageSms;

impl Provider for VonageSms {
    const SCHEME: Scheme = sms(Scheme::digest_md5("vonage-sms")).signs(&[SortedPairsBut("sig"), Secret]);
}

/// [Vonage, SMS, HMAC-MD5](https://developer.vonage.com/en/getting-started/concepts/signing-messages).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the account's signature secret from the dashboard, given as it is shown. Signed
/// messages must be switched on for the account, and the signature method set there must be the one
/// configured here. Prefer SHA-256 or SHA-512: the account setting also offers MD5, with and without
/// HMAC, and SHA-1. Delivery receipts share the id of the message they report on, so the status belongs
/// to the id. `&` and `=` in values are signed as `_`: whoever captures a message can change these marks
/// into each other. Whether parameters come by GET or by POST is a setting of the account: set it to
/// POST, since events are read from the body here, and a GET has none.
#[derive(Clone, Copy, Debug)]
pub struct VonageSmsMd5;

impl Provider for VonageSmsMd5 {
    const SCHEME: Scheme = sms(Scheme::hmac_md5("vonage-sms-md5")).signs(&[SortedPairsBut("sig")]);
}

/// [Vonage, SMS,
/// HMAC-SHA-1](https://developer.vonage.com/en/getting-started/concepts/signing-messages).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the account's signature secret from the dashboard, given as it is shown. Signed
/// messages must be switched on for the account, and the signature method set there must be the one
/// configured here. Prefer SHA-256 or SHA-512: the account setting also offers MD5, with and without
/// HMAC, and SHA-1. Delivery receipts share the id of the message they report on, so the status belongs
/// to the id. `&` and `=` in values are signed as `_`: whoever captures a message can change these marks
/// into each other. Whether parameters come by GET or by POST is a setting of the account: set it to
/// POST, since events are read from the body here, and a GET has none.
#[derive(Clone, Copy, Debug)]
pub struct VonageSmsSha1;

impl Provider for VonageSmsSha1 {
    const SCHEME: Scheme = sms(Scheme::hmac_sha1("vonage-sms-sha1")).signs(&[SortedPairsBut("sig")]);
}

/// [Vonage, SMS,
/// HMAC-SHA-256](https://developer.vonage.com/en/getting-started/concepts/signing-messages).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the account's signature secret from the dashboard, given as it is shown. Signed
/// messages must be switched on for the account, and the signature method set there must be the one
/// configured here. Prefer SHA-256 or SHA-512: the account setting also offers MD5, with and without
/// HMAC, and SHA-1. Delivery receipts share the id of the message they report on, so the status belongs
/// to the id. `&` and `=` in values are signed as `_`: whoever captures a message can change these marks
/// into each other. Whether parameters come by GET or by POST is a setting of the account: set it to
/// POST, since events are read from the body here, and a GET has none.
#[derive(Clone, Copy, Debug)]
pub struct VonageSmsSha256;

impl Provider for VonageSmsSha256 {
    const SCHEME: Scheme = sms(Scheme::hmac_sha256("vonage-sms-sha256")).signs(&[SortedPairsBut("sig")]);
}

/// [Vonage, SMS,
/// HMAC-SHA-512](https://developer.vonage.com/en/getting-started/concepts/signing-messages).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the account's signature secret from the dashboard, given as it is shown. Signed
/// messages must be switched on for the account, and the signature method set there must be the one
/// configured here. Prefer SHA-256 or SHA-512: the account setting also offers MD5, with and without
/// HMAC, and SHA-1. Delivery receipts share the id of the message they report on, so the status belongs
/// to the id. `&` and `=` in values are signed as `_`: whoever captures a message can change these marks
/// into each other. Whether parameters come by GET or by POST is a setting of the account: set it to
/// POST, since events are read from the body here, and a GET has none.
#[derive(Clone, Copy, Debug)]
pub struct VonageSmsSha512;

impl Provider for VonageSmsSha512 {
    const SCHEME: Scheme = sms(Scheme::hmac_sha512("vonage-sms-sha512")).signs(&[SortedPairsBut("sig")]);
}

/// What all signature methods share.
const fn sms(scheme: Scheme) -> Scheme {
    const ID: Place = first(&[all(&[form("messageId"), form("status")]), form("messageId")]);
    scheme
        .signature(form("sig").hex())
        .timestamp(form("timestamp").seconds())
        .id(ID)
        .event_type(form("type"))
        .payload(Payload::Form)
}
