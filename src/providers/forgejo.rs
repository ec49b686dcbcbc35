use super::Provider;
use crate::scheme::{Part::FormOrBody, Payload, Scheme, header};

/// [Forgejo](https://forgejo.org/docs/latest/user/webhooks/).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text given in the hook's settings. The hook must use POST. With the content type
/// for forms, the signature covers the JSON in the field `payload` and not the form. Headers with the
/// names of Gitea, Gogs and GitHub are sent as well and not looked at here.
#[derive(Clone, Copy, Debug)]
pub struct Forgejo;

impl Provider for Forgejo {
    const SCHEME: Scheme = Scheme::hmac_sha256("forgejo")
        .signature(header("x-forgejo-signature").hex())
        .signs(&[FormOrBody("payload")])
        .id(header("x-forgejo-delivery"))
        .event_type(header("x-forgejo-event"))
        .payload(Payload::JsonOrFormField("payload"));
}
