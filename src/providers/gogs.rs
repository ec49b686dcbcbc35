use super::Provider;
use crate::scheme::{Part::FormOrBody, Payload, Scheme, header};

/// [Gogs](https://github.com/gogs/gogs).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text given in the hook's settings. With the content type for forms, the signature
/// covers the JSON in the field `payload` and not the form.
#[derive(Clone, Copy, Debug)]
pub struct Gogs;

impl Provider for Gogs {
    const SCHEME: Scheme = Scheme::hmac_sha256("gogs")
        .signature(header("x-gogs-signature").hex())
        .signs(&[FormOrBody("payload")])
        .id(header("x-gogs-delivery"))
        .event_type(header("x-gogs-event"))
        .payload(Payload::JsonOrFormField("payload"));
}
