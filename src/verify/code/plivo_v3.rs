//! Plivo, version 3: the URL with its query sorted, the sorted form, and a nonce.
//!
//! <https://www.plivo.com/docs/voice/concepts/signature-validation>

use super::{Judged, Keys, Reason, Request};
use crate::verify::message::sorted;

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    request.matching_mac(keys, &[&[&message(request)?]])
}

pub(crate) fn message(request: &Request<'_>) -> Result<Vec<u8>, Reason> {
    let nonce = request.header("x-plivo-signature-v3-nonce")?.ok_or(Reason::SignedPartMissing)?;
    let url = request.url()?;
    let (base, query) = url.split_once('?').unwrap_or((&url, ""));
    let query = sorted(query.as_bytes())?;
    let form = match request.head.method() {
        "POST" => sorted(request.body)?,
        _ if request.body.is_empty() => Vec::new(),
        _ => return Err(Reason::Uncovered),
    };
    let mut signed = base.to_owned();
    if !query.is_empty() || !form.is_empty() {
        signed.push('?');
    }
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    signed.push_str(&pairs.join("&"));
    if !query.is_empty() && !form.is_empty() {
        signed.push('.');
    }
    form.iter().flat_map(|(name, value)| [name, value]).for_each(|text| signed.push_str(text));
    Ok([signed.as_bytes(), b".", nonce].concat())
}
