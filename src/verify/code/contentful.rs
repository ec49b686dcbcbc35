//! Contentful: a canonical request, with the header fields that the sender names.
//!
//! <https://www.contentful.com/developers/docs/webhooks/request-verification>

use super::{Judged, Keys, Reason, Request, listed};

const NAMES: &str = "x-contentful-signed-headers";
const TIMESTAMP: &str = "x-contentful-timestamp";

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let head = before_body(request)?;
    request.matching_mac(keys, &[&[head.as_bytes(), request.body]])
}

/// What is signed before the body.
pub(crate) fn before_body(request: &Request<'_>) -> Result<String, Reason> {
    let names = request.header_text(NAMES)?.ok_or(Reason::SignedPartMissing)?;
    let mut names = listed(names, ',').ok_or(Reason::Uncovered)?;
    if ![NAMES, TIMESTAMP].iter().all(|needed| names.iter().any(|name| name == needed)) {
        return Err(Reason::Uncovered);
    }
    names.sort();
    let mut headers = Vec::new();
    for (name, value) in names.iter().zip(request.named(&names)?) {
        let value = std::str::from_utf8(value).map_err(|_| Reason::SignatureMalformed)?;
        headers.push(format!("{name}:{}", value.trim()));
    }
    let target = request.head.target();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    // The query is escaped as a whole, and then the result once more.
    let path = match query {
        Some(query) => format!("{path}?{}", escaped(query, b"-_.!~*'()")),
        None => path.to_owned(),
    };
    let path = escaped(&path, b"-_.!~*'();/?:@&=+$,#");
    Ok([request.head.method(), &path, &headers.join(";"), ""].join("\n"))
}

/// Percent-encodes everything but letters, digits and these.
fn escaped(text: &str, plain: &[u8]) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
