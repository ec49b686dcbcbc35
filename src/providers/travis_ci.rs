use super::Provider;
use crate::scheme::{KeyForm, Part::Form, Payload, Scheme, header, json};

/// [Travis CI](https://github.com/travis-ci/webhook-signature-verifier).
///
/// **The signature covers only these values of the body**: `payload`. Whoever sees one delivery can
/// change the rest. It does not cover the event type.
///
/// The key is the RSA public key in PEM that `https://api.travis-ci.com/config` returns at
/// `/config/notifications/webhook/public_key`. The body is a form whose field `payload` holds the JSON,
/// and the signature, RSA with SHA-1, covers that field. Travis CI signs for all of its users with one
/// key, and any of them can have events of their own sent to your URL: compare `/repository/owner_name`
/// and `/repository/name` with yours, since a fork has your `.travis.yml`, too. `/id` is the build's,
/// which its start, its end and its restarts share, so it is not taken for an event's id. A Travis CI
/// Enterprise host has a key of its own. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct TravisCi;

impl Provider for TravisCi {
    const SCHEME: Scheme = Scheme::rsa_sha1("travis-ci")
        .signature(header("signature").base64())
        .signs(&[Form("payload")])
        .key(KeyForm::BASE64)
        .event_type(json("/state"))
        .payload(Payload::JsonOrFormField("payload"));
}
