use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Cronofy](https://docs.cronofy.com/developers/api/push-notifications/authentication/).
///
/// The signature covers the body and the event type.
///
/// The secret is the OAuth application's client secret, used as text. A notification only says that
/// something changed: read the changes over the API. A new channel first gets a notification of type
/// `verification`, which wants an ordinary 2xx answer. Notifications have no id. While an application
/// has several client secrets, the header holds one signature for each. There is no event id: the
/// digest of what is signed stands in. Events can be equal byte for byte, so a repeat is told only
/// while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Cronofy;

impl Provider for Cronofy {
    const SCHEME: Scheme = Scheme::hmac_sha256("cronofy")
        .signature(header("cronofy-hmac-sha256").list(',').base64())
        .signs(&[Body])
        .event_type(json("/notification/type"))
        .repeats();
}
