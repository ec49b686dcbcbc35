//! JSON web tokens in their compact form (RFC 7515, RFC 7519), with the algorithm pinned by the scheme.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::{
    code::{Request, matching_key, object},
    keys::JwtKeys,
    verification::Judged,
};
use crate::{
    clock::UnixTime,
    crypto::{Tag, sha256},
    delivery::Content,
    error::Reason,
    scheme::{HashEncoding, Jwt, JwtAlgorithm, Payload, Proof},
};

/// A token taken apart.
pub(super) struct Compact<'a> {
    pub(super) header: Map<String, Value>,
    /// Header and payload as they are signed.
    pub(super) signed: &'a str,
    pub(super) payload: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl<'a> Compact<'a> {
    pub(super) fn read(token: &'a [u8]) -> Result<Self, Reason> {
        let malformed = Reason::SignatureMalformed;
        let token = std::str::from_utf8(token).map_err(|_| malformed)?;
        let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
        let (header, payload) =
            signed.split_once('.').filter(|(_, rest)| !rest.contains('.')).ok_or(malformed)?;
        let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed);
        let header = object(&decode(header)?).ok_or(malformed)?;
        // What must be understood is not understood.
        if header.contains_key("crit") {
            return Err(malformed);
        }
        Ok(Self { header, signed, payload: decode(payload)?, signature: decode(signature)? })
    }
}

pub(super) fn judge(request: &Request<'_>, keys: &[(JwtAlgorithm, JwtKeys)]) -> Result<Judged, Reason> {
    let Proof::Jwt(rule) = request.rules.scheme.proof else { return Err(Reason::NoUsableKey) };
    let [token] = request.candidates.long.as_slice() else { return Err(Reason::SignatureRepeated) };
    let token = Compact::read(token)?;
    let named = token.header.get("alg").and_then(Value::as_str).ok_or(Reason::SignatureMalformed)?;
    let (_, keys) =
        keys.iter().find(|(known, _)| known.as_str() == named).ok_or(Reason::AlgorithmNotAllowed)?;
    if rule.detached {
        if !token.payload.is_empty() {
            return Err(Reason::SignatureMalformed);
        }
        let signed = format!("{}{}", token.signed, URL_SAFE_NO_PAD.encode(request.body));
        let key = matching(keys, signed.as_bytes(), &token.signature)?;
        return Ok(Judged::new(key, Content::Sha256(sha256(request.body))));
    }
    let key = matching(keys, token.signed.as_bytes(), &token.signature)?;
    let claims = object(&token.payload).ok_or(Reason::ClaimMismatch)?;
    let signed_at = judge_claims(request, rule, &claims)?;
    Ok(Judged {
        key,
        // A token is new with each delivery: what tells events apart is the body, unless that is the token.
        content: Content::Sha256(match request.rules.scheme.payload {
            Payload::Claims => sha256(&token.payload),
            _ => sha256(request.body),
        }),
        signed_at,
        claims: Some(Bytes::from(token.payload)),
    })
}

fn matching(keys: &JwtKeys, message: &[u8], signature: &[u8]) -> Result<usize, Reason> {
    let key = match keys {
        JwtKeys::Public(keys) => keys.iter().position(|key| key.verify(message, signature)),
        JwtKeys::Mac(keys) => {
            let tag = Tag::new(signature).ok_or(Reason::SignatureMalformed)?;
            matching_key(keys, &[&[message]], &[tag])
        }
    };
    key.ok_or(Reason::SignatureMismatch)
}

fn judge_claims(
    request: &Request<'_>,
    rule: &Jwt,
    claims: &Map<String, Value>,
) -> Result<Option<UnixTime>, Reason> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if rule.issuer.is_some_and(|issuer| text("iss") != Some(issuer)) {
        return Err(Reason::ClaimMismatch);
    }
    for (claim, name) in rule.compared() {
        let wanted = request.rules.config_value(name);
        if wanted.is_some_and(|wanted| !is_or_holds(claims.get(*claim), wanted)) {
            return Err(Reason::ClaimMismatch);
        }
    }
    if rule.affirmed.iter().any(|claim| claims.get(*claim) != Some(&Value::Bool(true))) {
        return Err(Reason::ClaimMismatch);
    }
    if rule.holds.iter().any(|claim| text(claim).is_none_or(str::is_empty)) {
        return Err(Reason::ClaimMismatch);
    }
    let issued = judge_times(request, rule, claims)?;
    if let Some(body) = rule.body_hash {
        let digest = sha256(request.body);
        let wanted = match body.encoding {
            HashEncoding::Base64 => base64::engine::general_purpose::STANDARD.encode(digest),
            _ => const_hex::encode(digest),
        };
        let right = match (claims.get(body.claim), body.only_with_body && request.body.is_empty()) {
            (None, absent) => absent,
            (Some(_), true) => false,
            (Some(hash), false) => hash.as_str() == Some(&wanted),
        };
        if !right {
            return Err(Reason::SignatureMismatch);
        }
    }
    if let Some(claim) = rule.url_hash
        && text(claim) != Some(&const_hex::encode(sha256(request.url()?.as_bytes())))
    {
        return Err(Reason::SignatureMismatch);
    }
    if rule.query_hash && text("qsh") != Some(&const_hex::encode(sha256(canonical(request).as_bytes()))) {
        return Err(Reason::SignatureMismatch);
    }
    Ok(issued)
}

/// When the token was made, where it says. The times must be there and well-formed even where they are not judged.
fn judge_times(
    request: &Request<'_>,
    rule: &Jwt,
    claims: &Map<String, Value>,
) -> Result<Option<UnixTime>, Reason> {
    let (issued, expires, begins) = (time(claims, "iat")?, time(claims, "exp")?, time(claims, "nbf")?);
    if rule.expires && expires.is_none() || rule.max_age_secs.is_some() && issued.is_none() {
        return Err(Reason::TimestampMissing);
    }
    if request.rules.ignores_timestamp {
        return Ok(issued);
    }
    let leeway = i64::from(rule.leeway_secs) * 1000;
    // RFC 7519 section 4.1.4: "on or after which".
    if expires.is_some_and(|expires| request.now.millis_after(expires) >= leeway) {
        return Err(Reason::TooOld);
    }
    if begins.is_some_and(|begins| begins.millis_after(request.now) > leeway) {
        return Err(Reason::FromTheFuture);
    }
    if let (Some(most), Some(issued)) = (rule.max_age_secs, issued) {
        let most = request.rules.tolerance.unwrap_or(i64::from(most) * 1000);
        super::timestamp::judge(issued, request.now, most)?;
    }
    Ok(issued)
}

/// A claim such as `aud` is a text or a list of texts.
fn is_or_holds(claim: Option<&Value>, wanted: &str) -> bool {
    match claim {
        Some(Value::String(text)) => text == wanted,
        Some(Value::Array(texts)) => texts.iter().any(|text| text.as_str() == Some(wanted)),
        _ => false,
    }
}

/// A claim in seconds since 1970, which may have a fraction.
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<UnixTime>, Reason> {
    const MOST: f64 = 1e15;
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(seconds) if (0.0..MOST).contains(&seconds) => {
                Ok(Some(UnixTime::from_millis((seconds * 1000.0) as i64)))
            }
            _ => Err(Reason::TimestampMalformed),
        },
    }
}

/// Method, path and query in the form whose hash Atlassian's claim `qsh` is.
///
/// <https://developer.atlassian.com/cloud/jira/platform/understanding-jwt-for-connect-apps/>
pub(crate) fn canonical(request: &Request<'_>) -> String {
    let path = request.head.path().trim_end_matches('/').replace('&', "%26");
    let path = if path.is_empty() { "/".to_owned() } else { path };
    let mut parameters: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let query = request.head.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "jwt") {
        parameters.entry(escaped(&name)).or_default().push(escaped(&value));
    }
    let pairs: Vec<String> = parameters
        .into_iter()
        .map(|(name, mut values)| {
            values.sort();
            format!("{name}={}", values.join(","))
        })
        .collect();
    format!("{}&{path}&{}", request.head.method().to_ascii_uppercase(), pairs.join("&"))
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

/// An ECDSA signature of 64 bytes, in DER.
#[cfg(feature = "ecdsa")]
pub(super) fn der_signature(fixed: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = fixed.split_at_checked(32).filter(|(_, s)| s.len() == 32)?;
    Some(crate::crypto::der_integers(&[r, s]))
}
