//! Twilio: the URL and the sorted form, or the URL alone where it carries the digest of the body.
//!
//! <https://www.twilio.com/docs/usage/security>

use super::{Judged, Keys, Reason, Request, sha256};
use crate::verify::message;

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let url = request.url()?;
    let signed = after_url(request)?;
    let urls = spellings(&url);
    let messages: Vec<[&[u8]; 2]> = urls.iter().map(|url| [url.as_bytes(), signed.as_bytes()]).collect();
    let messages: Vec<&[&[u8]]> = messages.iter().map(|parts| parts.as_slice()).collect();
    request.matching_mac(keys, &messages)
}

/// What is signed behind the URL: of a body that is no form, the URL has the SHA-256.
pub(crate) fn after_url(request: &Request<'_>) -> Result<String, Reason> {
    let query = request.head.query().unwrap_or_default();
    let mut digests = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "bodySHA256");
    match (digests.next(), digests.next()) {
        (Some(_), None) => {
            // Where Twilio puts it, and nowhere else: form fields are signed without marks behind the URL, so that
            // a text which somebody had it send could be taken for the end of the query.
            let digest = query.rsplit('&').next().and_then(|last| last.strip_prefix("bodySHA256="));
            let digest = digest.ok_or(Reason::SignatureMalformed)?;
            if !digest.eq_ignore_ascii_case(&const_hex::encode(sha256(request.body))) {
                return Err(Reason::SignatureMismatch);
            }
            Ok(String::new())
        }
        (Some(_), Some(_)) => Err(Reason::SignatureMalformed),
        (None, _) => sorted_form(request),
    }
}

/// Every field of the form, sorted, the same pair counted once.
fn sorted_form(request: &Request<'_>) -> Result<String, Reason> {
    if request.body.is_empty() {
        return Ok(String::new());
    }
    let kind = request.header_text("content-type")?.unwrap_or_default();
    if !kind.trim_start().starts_with("application/x-www-form-urlencoded") {
        return Err(Reason::Uncovered);
    }
    let mut fields = message::sorted_form(request.rules, request.body)?;
    fields.dedup();
    Ok(fields.iter().flat_map(|(name, value)| [&**name, &**value]).collect())
}

/// The URL as it is, without its port, and with the standard one: Twilio signs any of these.
fn spellings(url: &str) -> Vec<String> {
    let mut all = vec![url.to_owned()];
    if let Some((scheme, rest)) = url.split_once("://") {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        // A colon before the `@` is no port's.
        let (user, host) = authority.split_at(authority.rfind('@').unwrap_or(0));
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let port = if scheme == "https" { ":443" } else { ":80" };
        for spelled in
            [format!("{scheme}://{user}{host}{path}"), format!("{scheme}://{user}{host}{port}{path}")]
        {
            if !all.contains(&spelled) {
                all.push(spelled);
            }
        }
    }
    all
}
