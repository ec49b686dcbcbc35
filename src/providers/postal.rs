use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [Postal](https://github.com/postalserver/postal).
///
/// The signature covers the body, the event id and the event type.
///
/// The key is the RSA public key that belongs to the signing key of the Postal installation, given as
/// PEM. The installation signs with it for all of its mail servers, and whoever has one of these can
/// have events of their own sent to your URL. The signature in X-Postal-Signature is RSA with SHA-1;
/// newer versions of Postal also send X-Postal-Signature-256. Retries keep the uuid. Webhooks with the
/// output style for listmonk have another body, without uuid and event. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Postal;

impl Provider for Postal {
    const SCHEME: Scheme = Scheme::rsa_sha1("postal")
        .signature(header("x-postal-signature").base64())
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .id(json("/uuid"))
        .event_type(json("/event"))
        .retries_for_hours(1);
}
