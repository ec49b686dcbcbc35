//! A line of `hookgate check`: a request, and what its receiver is configured with.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::{
    clock::{Clock as _, SystemClock, UnixTime},
    delivery::Delivery,
    error::{ConfigError, Reason},
    handshake::{Asked, Reply},
    headers::Head,
    providers,
    scheme::{KeyForm, Part, Scheme, Source},
    secret::Secret,
    verify::{Verifier, VerifierBuilder},
};

/// What a line asks for.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) scheme: Scheme,
    pub(super) keys: Vec<String>,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) now: UnixTime,
    pub(super) config: Vec<(&'static str, String)>,
    pub(super) any_time: bool,
}

/// Why a line cannot be judged.
#[derive(Debug, PartialEq)]
pub(super) enum Unjudged {
    /// It is not in the form that is asked for.
    Malformed(&'static str),
    UnknownProvider,
    UnknownVariant,
}

/// How a line was judged.
pub(super) enum Judged {
    Accepted(Box<Delivery>),
    /// A challenge, and its answer.
    Handshake(Reply),
    Rejected(Reason),
    /// Nothing could be accepted with this configuration.
    Unusable(ConfigError),
}

impl Line {
    pub(super) fn read(text: &str) -> Result<Self, Unjudged> {
        let line: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| Unjudged::Malformed("the line is no JSON object"))?;
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let mut config = config(line.get("config"))?;
        // Of a response, which a signature may cover too.
        if let Some(status) = line.get("status").and_then(Value::as_u64) {
            config.push(("status", status.to_string()));
        }
        let scheme = scheme(text("provider"), &mut config)?;
        let scheme = match line.get("rule_override") {
            None | Some(Value::Null) => scheme,
            Some(rule) => variant(scheme, rule).ok_or(Unjudged::UnknownVariant)?,
        };
        let body = match (text("body"), text("body_base64")) {
            (Some(body), None) => Bytes::copy_from_slice(body.as_bytes()),
            (None, Some(body)) => {
                STANDARD.decode(body).map_err(|_| Unjudged::Malformed("body_base64 is not base64"))?.into()
            }
            (None, None) => Bytes::new(),
            (Some(_), Some(_)) => return Err(Unjudged::Malformed("both body and body_base64")),
        };
        Ok(Self {
            scheme,
            keys: keys(&line),
            method: text("method").unwrap_or("POST").to_owned(),
            url: text("url").unwrap_or("https://example.com/").to_owned(),
            headers: headers(line.get("headers"))?,
            body,
            now: now(line.get("now"))?,
            config,
            any_time: false,
        })
    }

    pub(super) fn judge(&self) -> Judged {
        let verifier = match self.verifier() {
            Ok(verifier) => verifier,
            Err(error) => return Judged::Unusable(error),
        };
        let (_, target) = self.split_url();
        let head = Head::new(&self.method, target, &self.headers);
        let (rules, ring) = verifier.parts_of();
        let asked = Asked { rules, head, body: &self.body, ring: Some(ring) };
        if let Some(reply) = asked.reply(false) {
            return Judged::Handshake(reply);
        }
        match verifier.verify(head, self.body.clone(), self.now) {
            Ok(delivery) => match asked.reply(true) {
                Some(reply) => Judged::Handshake(reply),
                None => Judged::Accepted(Box::new(delivery)),
            },
            Err(error) => Judged::Rejected(error.reason()),
        }
    }

    pub(super) fn accepts(&self) -> bool {
        matches!(self.judge(), Judged::Accepted(_))
    }

    fn verifier(&self) -> Result<Verifier, ConfigError> {
        let (origin, _) = self.split_url();
        let mut builder: VerifierBuilder =
            Verifier::builder_for(self.scheme).any_config().public_url(origin).allow_content_encoding();
        for key in &self.keys {
            builder = builder.secret(Secret::dangerous_short(key.as_str()));
        }
        for (name, value) in &self.config {
            builder = builder.config(name, value.as_str());
        }
        if self.any_time {
            builder = builder.dangerous_ignore_timestamp();
        }
        builder.build()
    }

    /// Origin, and path with query.
    pub(super) fn split_url(&self) -> (&str, &str) {
        let host = self.url.find("://").map_or(0, |at| at + 3);
        let end = self
            .url
            .get(host..)
            .and_then(|rest| rest.find(['/', '?']))
            .map_or(self.url.len(), |at| host + at);
        match self.url.split_at_checked(end) {
            Some((origin, target)) if target.starts_with('/') => (origin, target),
            _ => (self.url.get(..end).unwrap_or_default(), "/"),
        }
    }
}

fn scheme(name: Option<&str>, config: &mut Vec<(&'static str, String)>) -> Result<Scheme, Unjudged> {
    let name = name.ok_or(Unjudged::Malformed("no provider"))?;
    let found = match (name, value(config, "alg")) {
        ("http-message-signatures", Some(algorithm)) => providers::find(&format!("{name}-{algorithm}")),
        _ => providers::find(name),
    };
    // Whose notifications they are is the one thing that cannot be left open.
    if name == "app-store" && value(config, "bundle_id").is_none() {
        config.push(("bundle_id", "com.example".to_owned()));
    }
    if value(config, "skip_cert_url").as_deref() == Some("true") {
        config.push(("signing_cert_url", "any".to_owned()));
    }
    found.ok_or(Unjudged::UnknownProvider)
}

fn value(config: &[(&'static str, String)], name: &str) -> Option<String> {
    config.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

/// The scheme that differs from another one in these points.
fn variant(scheme: Scheme, rule: &Value) -> Option<Scheme> {
    let named = |tail: &str| providers::find(&format!("{}-{tail}", scheme.name()));
    let text = |pointer: &str| rule.pointer(pointer).and_then(Value::as_str);
    if let Some(name) = text("/variant") {
        return if name == "md5hash" { Some(scheme) } else { named(name) };
    }
    if let Some(algorithm) = text("/alg") {
        return named(algorithm.strip_prefix("hmac-").unwrap_or(algorithm));
    }
    if rule.pointer("/ts").is_some_and(Value::is_null) {
        return Some(untimed(scheme));
    }
    if rule.pointer("/ts").is_some() {
        return named("timestamped");
    }
    if text("/content").is_some_and(|content| content.contains("echostr")) {
        return named("echo");
    }
    match (text("/key/enc"), text("/sig/enc")) {
        (Some("utf8"), _) => Some(scheme.key(KeyForm::UTF8)),
        (_, Some("base64")) => named("base64"),
        _ => None,
    }
}

/// The scheme with its timestamp signed and not read. Leaks a little for each kind of line.
fn untimed(scheme: Scheme) -> Scheme {
    let Some(Source::Header { name, .. }) = scheme.timestamp.map(|rule| rule.place.source) else {
        return scheme;
    };
    let parts =
        scheme.signs.iter().map(|part| if *part == Part::Timestamp { Part::Header(name) } else { *part });
    let parts: &'static [Part] = Vec::leak(parts.collect());
    Scheme { timestamp: None, ..scheme.signs(parts) }
}

/// Public keys where there are some, else secrets.
fn keys(line: &Map<String, Value>) -> Vec<String> {
    let public = ["cert_pem", "public_key", "jwk"].iter().find_map(|name| line.get(*name));
    match public.or_else(|| line.get("secrets")).or_else(|| line.get("secret")) {
        Some(Value::String(key)) => vec![key.clone()],
        Some(Value::Array(keys)) => keys.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(key @ Value::Object(_)) => vec![key.to_string()],
        _ => Vec::new(),
    }
}

fn headers(headers: Option<&Value>) -> Result<Vec<(String, String)>, Unjudged> {
    let malformed = Unjudged::Malformed("headers are not an object of texts or lists of texts");
    let Some(headers) = headers else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (name, value) in headers.as_object().ok_or(Unjudged::Malformed("headers are not an object"))? {
        match value {
            Value::String(value) => found.push((name.clone(), value.clone())),
            Value::Array(values) => {
                for value in values {
                    let Some(value) = value.as_str() else { return Err(malformed) };
                    found.push((name.clone(), value.to_owned()));
                }
            }
            _ => return Err(malformed),
        }
    }
    Ok(found)
}

fn now(now: Option<&Value>) -> Result<UnixTime, Unjudged> {
    match now {
        None | Some(Value::Null) => {
            SystemClock::default().now().ok_or(Unjudged::Malformed("no now, and a clock before 1970"))
        }
        Some(now) => match now.as_f64() {
            Some(seconds) if (0.0..1e12).contains(&seconds) => {
                Ok(UnixTime::from_millis((seconds * 1000.0).round() as i64))
            }
            _ => Err(Unjudged::Malformed("now is not in seconds since 1970")),
        },
    }
}

/// The names that schemes ask for; others are not read.
const CONFIG: [&str; 16] = [
    "alg",
    "api_key",
    "app_key",
    "audience",
    "bundle_id",
    "email",
    "label",
    "public_key_id",
    "required",
    "signature_version",
    "signing_cert_url",
    "skip_cert_url",
    "topic",
    "verify_code",
    "verify_token",
    "webhook_id",
];

fn config(config: Option<&Value>) -> Result<Vec<(&'static str, String)>, Unjudged> {
    let Some(config) = config.filter(|config| !config.is_null()) else { return Ok(Vec::new()) };
    let config = config.as_object().ok_or(Unjudged::Malformed("config is not an object"))?;
    let known = CONFIG.iter().filter_map(|name| {
        let value = match config.get(*name)? {
            Value::String(value) => value.clone(),
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            value => value.to_string(),
        };
        Some((*name, value))
    });
    Ok(known.collect())
}
