use super::Provider;
use crate::scheme::{Part::FormOrBody, Payload, Scheme, header};

/// [Gitea](https://github.com/go-gitea/gitea).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text given in the hook's settings. Gitea does not retry by itself, and a
/// redelivery by hand is a new delivery with a new id. With the content type for forms, the signature
/// covers the JSON in the field `payload` and not the form. The hook must use POST. Headers with the
/// names of Gogs and GitHub are sent as well and not looked at here.
#[derive(Clone, Copy, Debug)]
pub struct Gitea;

impl Provider for Gitea {
    const SCHEME: Scheme = Scheme::hmac_sha256("gitea")
        .signature(header("x-gitea-signature").hex())
        .signs(&[FormOrBody("payload")])
        .id(header("x-gitea-delivery"))
        .event_type(header("x-gitea-event"))
        .payload(Payload::JsonOrFormField("payload"));
}
