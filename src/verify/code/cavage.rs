//! The HTTP signatures of draft-cavage-http-signatures-12 with everything that Keygen covers.
//!
//! <https://keygen.sh/docs/api/signatures/>

use base64ct::{Base64, Encoding as _};

use super::{Judged, Keys, Reason, Request, listed, sha256, verified};

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let Keys::Public(keys) = keys else { return Err(Reason::NoUsableKey) };
    let (_, value) = request.values.signature.ok_or(Reason::SignatureMissing)?;
    let value = std::str::from_utf8(value).map_err(|_| Reason::SignatureMalformed)?;
    let parameter = |name: &str| parameter(value, name);
    if !parameter("algorithm")?.eq_ignore_ascii_case("ed25519") {
        return Err(Reason::AlgorithmNotAllowed);
    }
    let covered = listed(parameter("headers")?, ' ').ok_or(Reason::SignatureMalformed)?;
    let covers = |needed: &&str| covered.iter().any(|name| name == needed);
    if !["(request-target)", "host", "date", "digest"].iter().all(covers) {
        return Err(Reason::Uncovered);
    }
    let signature = Base64::decode_vec(parameter("signature")?).map_err(|_| Reason::SignatureMalformed)?;
    let message = message(request, &covered)?;
    let key =
        keys.iter().flat_map(|(_, keys)| keys).position(|key| key.verify(message.as_bytes(), &signature));
    Ok(verified(key.ok_or(Reason::SignatureMismatch)?, message.as_bytes()))
}

pub(crate) fn message(request: &Request<'_>, covered: &[String]) -> Result<String, Reason> {
    let url = request.url()?;
    let host = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    let is_ours = |name: &&String| ["(request-target)", "host", "digest"].contains(&name.as_str());
    let sent: Vec<String> = covered.iter().filter(|name| !is_ours(name)).cloned().collect();
    let mut values = request.named(&sent)?.into_iter();
    let mut lines = Vec::new();
    for name in covered {
        let value = match name.as_str() {
            "(request-target)" => {
                format!("{} {}", request.head.method().to_ascii_lowercase(), request.head.target())
            }
            // Ours, and what we computed: never what a stranger sent.
            "host" => host.unwrap_or_default().to_owned(),
            "digest" => format!("sha-256={}", Base64::encode_string(&sha256(request.body))),
            _ => {
                let value = std::str::from_utf8(values.next().ok_or(Reason::SignedPartMissing)?);
                value.map_err(|_| Reason::SignatureMalformed)?.to_owned()
            }
        };
        lines.push(format!("{name}: {value}"));
    }
    Ok(lines.join("\n"))
}

/// The value of the one parameter of this name in `name="value", …`.
fn parameter<'a>(text: &'a str, name: &str) -> Result<&'a str, Reason> {
    let mut found = None;
    for part in text.split(',') {
        let (key, value) = part.trim().split_once('=').ok_or(Reason::SignatureMalformed)?;
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let value = value.ok_or(Reason::SignatureMalformed)?;
        if key == name && found.replace(value).is_some() {
            return Err(Reason::SignatureMalformed);
        }
    }
    found.ok_or(Reason::SignatureMalformed)
}
