//! Hook0, as Coinbase Developer Platform uses it: timestamp, the header fields that the signature names,
//! and body.
//!
//! <https://docs.cdp.coinbase.com/webhooks/verify-signatures>

use super::{Judged, Keys, Reason, Request};
use crate::verify::grammar;

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    request.matching_mac(keys, &[&[&message(request)?]])
}

pub(crate) fn message(request: &Request<'_>) -> Result<Vec<u8>, Reason> {
    let (form, value) = request.values.signature.ok_or(Reason::SignatureMissing)?;
    let field = |name| grammar::field(form, value, name);
    let time = field("t")?.ok_or(Reason::TimestampMissing)?;
    // Whoever can take the newer version away must not be able to fall back to the older one.
    let has_v1 = field("v1")?.is_some();
    let (Some(names), true) = (field("h")?, has_v1) else {
        return match has_v1 || field("v0")?.is_none() {
            true => Err(Reason::SignatureMalformed),
            false => Ok([time, request.body].join(&b'.')),
        };
    };
    let names = std::str::from_utf8(names).map_err(|_| Reason::SignatureMalformed)?;
    let mut values = Vec::new();
    for name in names.split(' ') {
        values.push(request.header(&name.to_ascii_lowercase())?.ok_or(Reason::SignedPartMissing)?);
    }
    // Of all signed values at most the last, the body, may hold the separator.
    if values.iter().any(|value| value.contains(&b'.')) && values.len() > 1 {
        return Err(Reason::IdMalformed);
    }
    let values = values.join(&b'.');
    Ok([time, names.as_bytes(), &values, request.body].join(&b'.'))
}
