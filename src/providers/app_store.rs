use super::Provider;
use crate::scheme::{Code, Payload, Scheme, claim, json};

/// [Apple App Store Server Notifications, version
/// 2](https://developer.apple.com/documentation/appstoreservernotifications).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// There is no shared secret: the key is Apple's root certificate (Apple Root CA G3), given as base64
/// of its DER form. The body holds one JWS in signedPayload, whose certificate chain must end at the
/// Apple root and carry Apple's marker extensions. Check the bundle id, the app's Apple id and the
/// environment in the payload: the chain alone proves Apple and not which app is meant.
/// signedTransactionInfo and signedRenewalInfo inside the payload are JWS of their own.
/// notificationUUID stays the same in up to five retries; a subtype may narrow the notification type.
/// Retries: for up to 157 hours.
#[derive(Clone, Copy, Debug)]
pub struct AppStore;

impl Provider for AppStore {
    const SCHEME: Scheme = Scheme::code("app-store", Code::AppleJws)
        .signature(json("/signedPayload").raw())
        .id(claim("/notificationUUID"))
        .event_type(claim("/notificationType"))
        .payload(Payload::Claims)
        .retries_for_hours(157);
}
