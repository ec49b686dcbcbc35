//! A line of `hookgate check`: a request, and what its receiver is configured with.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

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
    Malformed(String),
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
    pub(super) fn read(line: &[u8]) -> Result<Self, Unjudged> {
        let line = std::str::from_utf8(line).map_err(|_| {
            malformed("the line is not UTF-8: give a body that is not text as base64, in body_base64")
        })?;
        let line: Map<String, Value> =
            serde_json::from_str(line).map_err(|_| malformed("the line is no JSON object"))?;
        let text = |name: &str| text(&line, name);
        let mut config = config(present(&line, "config"))?;
        // Of a response, which a signature may cover too.
        if let Some(status) = present(&line, "status") {
            let status = status.as_u64().ok_or_else(|| malformed("status is no number, such as 200"))?;
            config.push(("status", status.to_string()));
        }
        let scheme = scheme(text("provider")?, &mut config)?;
        let scheme = match present(&line, "rule_override") {
            None => scheme,
            Some(rule) => variant(scheme, rule).ok_or(Unjudged::UnknownVariant)?,
        };
        let body = match (text("body")?, text("body_base64")?) {
            (Some(body), None) => Bytes::copy_from_slice(body.as_bytes()),
            (None, Some(body)) => {
                STANDARD.decode(body).map_err(|_| malformed("body_base64 is not base64"))?.into()
            }
            (None, None) => Bytes::new(),
            (Some(_), Some(_)) => return Err(malformed("both body and body_base64")),
        };
        Ok(Self {
            scheme,
            keys: keys(&line)?,
            method: text("method")?.unwrap_or("POST").to_owned(),
            url: text("url")?.unwrap_or("https://example.com/").to_owned(),
            headers: headers(present(&line, "headers"))?,
            body,
            now: now(present(&line, "now"))?,
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
        let head = Head::new(&self.method, &target, &self.headers);
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
            Verifier::builder_for(self.scheme).any_config().allow_content_encoding();
        // A path alone says enough where no URL is signed.
        if origin.contains("://") {
            builder = builder.public_url(origin);
        }
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
    pub(super) fn split_url(&self) -> (&str, Cow<'_, str>) {
        let host = self.url.find("://").map_or(0, |at| at + 3);
        let end = self
            .url
            .get(host..)
            .and_then(|rest| rest.find(['/', '?']))
            .map_or(self.url.len(), |at| host + at);
        let (origin, target) = self.url.split_at_checked(end).unwrap_or((&self.url, ""));
        match target.starts_with('/') {
            true => (origin, target.into()),
            // The path of a URL without one.
            false => (origin, format!("/{target}").into()),
        }
    }
}

fn malformed(what: impl Into<String>) -> Unjudged {
    Unjudged::Malformed(what.into())
}

/// What is there. Null says that nothing is, whatever it is the value of.
fn present<'a>(line: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    line.get(name).filter(|value| !value.is_null())
}

fn text<'a>(line: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, Unjudged> {
    match present(line, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        // What JSON means is not what was signed: that is its bytes.
        Some(_) if name == "body" => {
            Err(malformed("body is not text: give its bytes as they came, as text or in body_base64"))
        }
        Some(_) => Err(malformed(format!("{name} is not text"))),
    }
}

fn scheme(name: Option<&str>, config: &mut Vec<(&'static str, String)>) -> Result<Scheme, Unjudged> {
    let name = name.ok_or_else(|| malformed("no provider"))?;
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
fn keys(line: &Map<String, Value>) -> Result<Vec<String>, Unjudged> {
    const NAMES: [&str; 5] = ["cert_pem", "public_key", "jwk", "secrets", "secret"];
    let mut found = None;
    for name in NAMES {
        let wrong = || malformed(format!("{name} is not text, nor a list of texts"));
        let keys = match present(line, name) {
            None => continue,
            Some(Value::String(key)) => vec![key.clone()],
            Some(Value::Array(keys)) => keys
                .iter()
                .map(|key| key.as_str().map(str::to_owned).ok_or_else(wrong))
                .collect::<Result<_, _>>()?,
            Some(key @ Value::Object(_)) if !name.starts_with("secret") => vec![key.to_string()],
            Some(_) => return Err(wrong()),
        };
        found.get_or_insert(keys);
    }
    Ok(found.unwrap_or_default())
}

fn headers(headers: Option<&Value>) -> Result<Vec<(String, String)>, Unjudged> {
    let wrong = || malformed("headers are not an object of texts or lists of texts");
    let Some(headers) = headers else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (name, value) in headers.as_object().ok_or_else(wrong)? {
        match value {
            Value::String(value) => found.push((name.clone(), value.clone())),
            Value::Array(values) => {
                for value in values {
                    found.push((name.clone(), value.as_str().ok_or_else(wrong)?.to_owned()));
                }
            }
            _ => return Err(wrong()),
        }
    }
    Ok(found)
}

fn now(now: Option<&Value>) -> Result<UnixTime, Unjudged> {
    match now {
        None => SystemClock::default().now().ok_or_else(|| malformed("no now, and a clock before 1970")),
        Some(now) => match now.as_f64() {
            Some(seconds) if (0.0..1e12).contains(&seconds) => {
                Ok(UnixTime::from_millis((seconds * 1000.0).round() as i64))
            }
            _ => Err(malformed("now is not in seconds since 1970")),
        },
    }
}

fn config(config: Option<&Value>) -> Result<Vec<(&'static str, String)>, Unjudged> {
    let Some(config) = config else { return Ok(Vec::new()) };
    let config = config.as_object().ok_or_else(|| malformed("config is not an object"))?;
    let mut given = Vec::new();
    for (name, value) in config {
        let wrong = || malformed(format!("config: {name} is not text, nor a list of texts"));
        let value = match value {
            Value::Null => continue,
            Value::String(value) => value.clone(),
            Value::Array(values) => {
                let values: Option<Vec<&str>> = values.iter().map(Value::as_str).collect();
                values.ok_or_else(wrong)?.join(" ")
            }
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            Value::Object(_) => return Err(wrong()),
        };
        given.push((kept(name), value));
    }
    Ok(given)
}

/// A name for as long as the process runs, which is how long schemes have theirs: each is kept once.
fn kept(name: &str) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return known;
    }
    let name = &*String::leak(name.to_owned());
    names.insert(name);
    name
}
