use super::Provider;
use crate::scheme::{Part::Form, Payload, Scheme, first, form, json};

/// [Transloadit](https://transloadit.com/docs/topics/assembly-notifications/).
///
/// **The signature covers only these values of the body**: `transloadit`. Whoever sees one delivery can
/// change the rest. It does not cover the event id or the event type.
///
/// The secret is the auth secret that belongs to the auth key of the Assembly, given as it is shown. The
/// notification is a form whose field `transloadit` holds the Assembly status as JSON, and the signature
/// covers that field. Only signatures with SHA-384 are accepted; the older ones with SHA-1 are not. The
/// same secret signs the [`params`](https://transloadit.com/docs/topics/signature-authentication/) with
/// which browsers start Assemblies: they are JSON too, and authentic here, but have neither
/// `assembly_id` nor `ok`. Refuse what has not, and never sign `params` that a browser made. The id is
/// the Assembly's, so a notification that is replayed by hand counts as a repeat. **A multipart request
/// is refused**: the provider's documentation speaks of one, while its own relay tool sends a
/// URL-encoded form. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Transloadit;

impl Provider for Transloadit {
    const SCHEME: Scheme = Scheme::hmac_sha384("transloadit")
        .signature(form("signature").prefix("sha384:"))
        .signs(&[Form("transloadit")])
        .id(json("/assembly_id"))
        .event_type(first(&[json("/ok"), json("/error")]))
        .payload(Payload::JsonOrFormField("transloadit"))
        .retries_for_hours(1);
}
