//! HTTP message signatures (RFC 9421) with content digests (RFC 9530).

use std::{borrow::Cow, cell::OnceCell, collections::HashMap};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Bound, Judged, Keys, MOST_NAMED, MessageAlgorithm, PublicAlgorithm, Reason, Request, Scheme, Tag,
    UnixTime, matching_tag, verified,
};
use crate::verify::{grammar, timestamp};

/// What has to be covered unless it is configured: without these a signature says nothing about what
/// was sent where.
const REQUIRED: &[&str] = &["@method", "content-digest"];
const TARGETS: &[&[&str]] = &[&["@target-uri"], &["@authority", "@path"], &["@authority", "@request-target"]];
/// Five minutes, unless it is configured.
const TOLERANCE: i64 = 300_000;

/// One member of `Signature-Input`: what is covered, in order, and what is said about it.
pub(crate) struct Input<'a> {
    label: &'a str,
    /// The whole value, byte for byte: it is signed too.
    raw: &'a str,
    components: Vec<Item<'a>>,
    parameters: Vec<(&'a str, &'a str)>,
}

struct Item<'a> {
    raw: &'a str,
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

pub(crate) fn judge(
    request: &Request<'_>,
    keys: &Keys,
    algorithm: MessageAlgorithm,
) -> Result<Judged, Reason> {
    let inputs = field(request, "signature-input")?.ok_or(Reason::SignatureMissing)?;
    let inputs: Vec<Input<'_>> = members(inputs)?.into_iter().map(input).collect::<Result<_, _>>()?;
    let input = match request.rules.config_value("label") {
        Some(label) => inputs.into_iter().find(|input| input.label == label),
        None if inputs.len() == 1 => inputs.into_iter().next(),
        None => return Err(Reason::SignatureRepeated),
    };
    let input = input.ok_or(Reason::SignatureMissing)?;
    let signatures = field(request, "signature")?.ok_or(Reason::SignatureMissing)?;
    let mut named = members(signatures)?.into_iter().filter(|(label, _)| *label == input.label);
    let (Some((_, signature)), None) = (named.next(), named.next()) else {
        return Err(Reason::SignatureMissing);
    };
    let signature = binary(signature).ok_or(Reason::SignatureMalformed)?;

    if input.parameter("alg").is_some_and(|named| named != spelled(algorithm)) {
        return Err(Reason::AlgorithmNotAllowed);
    }
    check_coverage(request, &input)?;
    let created = judge_time(request, &input)?;
    if input.components.iter().any(|item| item.name == "content-digest") {
        check_digest(request)?;
    }
    let base = base(request, &input)?;
    let key = match keys {
        Keys::Public(keys) => {
            keys.iter().flat_map(|(_, keys)| keys).position(|key| key.verify(base.as_bytes(), &signature))
        }
        keys => Tag::new(&signature).and_then(|tag| matching_tag(keys, &[&[base.as_bytes()]], &[tag])),
    };
    let judged = verified(key.ok_or(Reason::SignatureMismatch)?, base.as_bytes());
    Ok(Judged { signed_at: created, ..judged })
}

/// A field that is taken apart before anybody is authenticated.
fn field<'a>(request: &Request<'a>, name: &str) -> Result<Option<&'a str>, Reason> {
    match request.header_text(name)? {
        Some(text) if text.len() > grammar::MOST_BYTES => Err(Reason::SignatureTooLong),
        text => Ok(text),
    }
}

/// The signature base of RFC 9421 section 2.5.
pub(crate) fn base(request: &Request<'_>, input: &Input<'_>) -> Result<String, Reason> {
    let mut base = String::new();
    let url = request.url()?;
    let query = OnceCell::new();
    for item in &input.components {
        base.push_str(item.raw);
        base.push_str(": ");
        base.push_str(&component(request, &url, &query, item)?);
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(input.raw);
    Ok(base)
}

pub(crate) fn spelled(algorithm: MessageAlgorithm) -> &'static str {
    match algorithm {
        MessageAlgorithm::HmacSha256 => "hmac-sha256",
        MessageAlgorithm::Public(PublicAlgorithm::Ed25519) => "ed25519",
        MessageAlgorithm::Public(PublicAlgorithm::EcdsaP256Fixed) => "ecdsa-p256-sha256",
        MessageAlgorithm::Public(PublicAlgorithm::RsaPssSha512) => "rsa-pss-sha512",
        MessageAlgorithm::Public(_) => "rsa-v1_5-sha256",
    }
}

/// What is covered where a signature has to cover these.
pub(super) fn bound(scheme: &Scheme, required: &str) -> Bound {
    let needs = |name: &str| names(required).any(|known| known == name);
    let url = needs("@target-uri") || needs("@request-target") || needs("@path") && needs("@query");
    scheme.bound_by_agreement(needs("content-digest"), needs("created"), url)
}

fn names(required: &str) -> impl Iterator<Item = &str> {
    required.split([' ', ',']).filter(|name| !name.is_empty())
}

fn check_coverage(request: &Request<'_>, input: &Input<'_>) -> Result<(), Reason> {
    let covers = |name: &str| match name {
        // No component, but as much to agree on.
        "created" => input.parameter(name).is_some(),
        _ => input.components.iter().any(|item| item.name == name),
    };
    let enough = match request.rules.config_value("required") {
        Some(required) => names(required).all(covers),
        None if request.rules.any_config => true,
        None => {
            REQUIRED.iter().all(|name| covers(name))
                && TARGETS.iter().any(|names| names.iter().all(|name| covers(name)))
                && covers("created")
        }
    };
    if enough { Ok(()) } else { Err(Reason::Uncovered) }
}

fn judge_time(request: &Request<'_>, input: &Input<'_>) -> Result<Option<UnixTime>, Reason> {
    let seconds = |name| {
        let text = input.parameter(name);
        text.map(|text| timestamp::parse(crate::scheme::TimestampUnit::Seconds, text.as_bytes())).transpose()
    };
    let (created, expires) = (seconds("created")?, seconds("expires")?);
    if request.rules.ignores_timestamp {
        return Ok(created);
    }
    if let Some(created) = created {
        timestamp::judge(created, request.now, request.rules.tolerance.unwrap_or(TOLERANCE))?;
    }
    match expires.is_some_and(|expires| request.now.millis_after(expires) > 0) {
        true => Err(Reason::TooOld),
        false => Ok(created),
    }
}

/// RFC 9530: every digest of a kind that is known must be the body's, and one must be.
fn check_digest(request: &Request<'_>) -> Result<(), Reason> {
    let text = field(request, "content-digest")?.ok_or(Reason::SignedPartMissing)?;
    let mut known = 0;
    for (name, value) in members(text)? {
        let computed = match name {
            "sha-256" => super::sha256(request.body).to_vec(),
            "sha-512" => <sha2::Sha512 as sha2::Digest>::digest(request.body).to_vec(),
            _ => continue,
        };
        known += 1;
        if binary(value).as_deref() != Some(&computed) {
            return Err(Reason::SignatureMismatch);
        }
    }
    if known > 0 { Ok(()) } else { Err(Reason::Uncovered) }
}

/// Of each name in a query its value, or nothing where it comes twice.
type Parameters<'a> = HashMap<Cow<'a, str>, Option<Cow<'a, str>>>;

fn parameters<'a>(request: &Request<'a>) -> Parameters<'a> {
    let mut all = Parameters::new();
    for (name, value) in form_urlencoded::parse(request.head.query().unwrap_or_default().as_bytes()) {
        all.entry(name).and_modify(|known| *known = None).or_insert(Some(value));
    }
    all
}

/// The value of a covered component (RFC 9421 section 2).
fn component<'a>(
    request: &Request<'a>,
    url: &str,
    query: &OnceCell<Parameters<'a>>,
    item: &Item<'_>,
) -> Result<String, Reason> {
    let head = request.head;
    let (scheme, rest) = url.split_once("://").ok_or(Reason::SignedPartMissing)?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default().to_ascii_lowercase();
    let standard = if scheme == "https" { ":443" } else { ":80" };
    match (item.name, item.parameters.as_slice()) {
        (_, []) | ("@query-param", [("name", _)]) => {}
        _ => return Err(Reason::Uncovered),
    }
    Ok(match item.name {
        "@method" => head.method().to_owned(),
        "@target-uri" => url.to_owned(),
        "@authority" => authority.strip_suffix(standard).unwrap_or(&authority).to_owned(),
        "@scheme" => scheme.to_owned(),
        "@request-target" => head.target().to_owned(),
        "@path" => head.path().to_owned(),
        "@query" => format!("?{}", head.query().unwrap_or_default()),
        "@query-param" => {
            let name = item.parameters.first().map_or("", |(_, name)| name);
            let value = query.get_or_init(|| parameters(request)).get(name);
            let value = value.and_then(Option::as_ref).ok_or(Reason::SignedPartMissing)?;
            form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
        }
        // Of a response.
        "@status" => request.rules.config_value("status").ok_or(Reason::Uncovered)?.to_owned(),
        name if name.starts_with('@') => return Err(Reason::Uncovered),
        name => request.header_text(name)?.ok_or(Reason::SignedPartMissing)?.trim().to_owned(),
    })
}

impl<'a> Input<'a> {
    fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }
}

/// The members of a dictionary (RFC 8941 section 3.2), each with its value as it is written. No label
/// twice.
pub(crate) fn members(text: &str) -> Result<Vec<(&str, &str)>, Reason> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for member in split(text, ',') {
        let (label, value) = member.trim().split_once('=').ok_or(Reason::SignatureMalformed)?;
        if found.iter().any(|(known, _)| *known == label) || found.len() == 16 {
            return Err(Reason::SignatureMalformed);
        }
        found.push((label, value));
    }
    Ok(found)
}

pub(crate) fn input<'a>((label, raw): (&'a str, &'a str)) -> Result<Input<'a>, Reason> {
    let malformed = Reason::SignatureMalformed;
    let (list, parameters_of) =
        raw.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or(malformed)?;
    let items: Vec<&str> = split(list, ' ').filter(|item| !item.is_empty()).collect();
    let mut components: Vec<Item<'_>> = Vec::new();
    for raw in items {
        let mut pieces = split(raw, ';');
        let name = pieces.next().and_then(unquoted).ok_or(malformed)?;
        let item = Item { raw, name, parameters: pieces.map(parameter).collect() };
        let is_same = |known: &Item<'_>| known.name == name && known.parameters == item.parameters;
        if name != name.to_ascii_lowercase()
            || components.len() == MOST_NAMED
            || components.iter().any(is_same)
        {
            return Err(malformed);
        }
        components.push(item);
    }
    let rest = match parameters_of.strip_prefix(';') {
        Some(rest) => split(rest, ';').map(parameter).collect(),
        None if parameters_of.is_empty() => Vec::new(),
        None => return Err(malformed),
    };
    Ok(Input { label, raw, components, parameters: rest })
}

fn parameter(text: &str) -> (&str, &str) {
    let (name, value) = text.trim().split_once('=').unwrap_or((text.trim(), ""));
    (name, unquoted(value).unwrap_or(value))
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"').filter(|inner| !inner.contains(['"', '\\']))
}

/// A byte sequence (RFC 8941 section 3.3.5).
fn binary(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text.strip_prefix(':')?.strip_suffix(':')?).ok()
}

/// What is between separators that are not inside of quotes. Nothing else can hold one.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |mark| {
        quoted ^= mark == '"';
        mark == separator && !quoted
    })
}
