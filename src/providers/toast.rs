use super::Provider;
use crate::scheme::{
    Part::{Body, Json},
    Scheme, header, json,
};

/// [Toast](https://doc.toasttab.com/doc/devguide/apiWebhooks.html).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the signing secret of the webhook subscription, given as it is shown. What is signed
/// was taken from sample code and not from a published test vector. The id stays the same over retries,
/// whose number is in `Toast-Attempt-Number`.
#[derive(Clone, Copy, Debug)]
pub struct Toast;

impl Provider for Toast {
    const SCHEME: Scheme = Scheme::hmac_sha256("toast")
        .signature(header("toast-signature").base64())
        .signs(&[Body, Json("/timestamp")])
        .id(json("/guid"))
        .event_type(json("/eventType"));
}
