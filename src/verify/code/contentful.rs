//! Contentful: a canonical request, with the header fields that the sender names.
//!
//! <https://www.contentful.com/developers/docs/webhooks/request-verification>

use super::{Judged, Keys, Reason, Request};

const NAMES: &str = "x-contentful-signed-headers";
const TIMESTAMP: &str = "x-contentful-timestamp";

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let head = before_body(request)?;
    request.matching_mac(keys, &[&[head.as_bytes(), request.body]])
}

/// What is signed before the body.
pub(crate) fn before_body(request: &Request<'_>) -> Result<String, Reason> {
    let names = request.header_text(NAMES)?.ok_or(Reason::SignedPartMissing)?;
    let mut names: Vec<String> = names.split(',').map(str::to_ascii_lowercase).collect();
    if ![NAMES, TIMESTAMP].iter().all(|needed| names.iter().any(|name| name == needed)) || names.len() > 64 {
        return Err(Reason::Uncovered);
    }
    names.sort();
    let mut headers = Vec::new();
    for name in &names {
        let value = request.header_text(name)?.ok_or(Reason::SignedPartMissing)?;
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
