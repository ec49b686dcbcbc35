//! Puts values where a scheme has them.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

use super::SignedRequest;
use crate::{
    error::ConfigError,
    scheme::{Place, Source},
    verify::code,
};

/// Puts a value at a place of the request, in the place of what is there.
pub(super) fn put(request: &mut SignedRequest, source: Source, value: &str) -> Result<(), ConfigError> {
    match source {
        Source::Header { name, .. } => put_header(request, name, value),
        Source::Query(name) => put_query(request, name, value),
        Source::Form(name) => request.body = with_pair(&request.body, name, value).into(),
        Source::Json(pointer) => put_json(request, pointer, Value::from(value))?,
        Source::JsonInteger(pointer) => {
            let number = value.parse::<i64>().map_err(|_| refused("the scheme has an integer there"))?;
            put_json(request, pointer, Value::from(number))?;
        }
        Source::First(places) => {
            let fits = |place: &&Place| fits(place.source, &request.body);
            if let Some(place) = places.iter().find(fits).or(places.first()) {
                put(request, place.source, value)?;
            }
        }
        Source::Xml(name) => {
            request.body =
                [&request.body[..], format!("<{name}>{value}</{name}>").as_bytes()].concat().into();
        }
        Source::Body => request.body = Bytes::copy_from_slice(value.as_bytes()),
        Source::NumberedHeader { .. } | Source::Field(_) | Source::Claim(_) | Source::All(_) => {
            return Err(no_place());
        }
    }
    Ok(())
}

pub(super) fn put_header(request: &mut SignedRequest, name: &str, value: &str) {
    request.headers.retain(|(known, _)| known != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

pub(super) fn put_query(request: &mut SignedRequest, name: &str, value: &str) {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let query = with_pair(query.as_bytes(), name, value);
    request.target = format!("{path}?{}", String::from_utf8_lossy(&query));
}

fn put_json(request: &mut SignedRequest, pointer: &str, value: Value) -> Result<(), ConfigError> {
    if !request.body.is_empty() && !is_object(&request.body) {
        return Err(no_object());
    }
    request.body = with_json(&request.body, pointer, value);
    Ok(())
}

/// The object that a body is, or an empty one where there is no body yet.
pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, ConfigError> {
    match body.is_empty() {
        true => Ok(Map::new()),
        false => code::object(body).ok_or_else(no_object),
    }
}

/// An id or event type is that of an item, in a token, or put together from several values, or there is none.
pub(super) fn no_place() -> ConfigError {
    refused(
        "the scheme has no place for such an id or event type: give what it is made of in the body or a header",
    )
}

fn no_object() -> ConfigError {
    refused("the body is no JSON object, and the scheme has values of its own in one")
}

fn refused(problem: &'static str) -> ConfigError {
    ConfigError::Contradiction { problem }
}

/// Whether a body has or can have values there.
fn fits(source: Source, body: &[u8]) -> bool {
    match source {
        Source::Json(_) | Source::JsonInteger(_) => body.is_empty() || is_object(body),
        Source::Form(_) => !is_object(body),
        _ => true,
    }
}

fn is_object(body: &[u8]) -> bool {
    serde_json::from_slice::<Members<'_>>(body).is_ok()
}

/// Pairs of a query or form, with this one in the place of those of its name.
fn with_pair(pairs: &[u8], name: &str, value: &str) -> Vec<u8> {
    let is_other = |pair: &&[u8]| form_urlencoded::parse(pair).any(|(known, _)| known != name);
    let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    let mut pairs: Vec<&[u8]> = pairs.split(|byte| *byte == b'&').filter(is_other).collect();
    pairs.push(pair.as_bytes());
    pairs.join(&b'&')
}

/// The JSON object with a value at the pointer, objects made on the way. All else stays as it is written: what
/// a parser makes of a number may be another number.
fn with_json(body: &[u8], pointer: &str, value: Value) -> Bytes {
    let segments: Vec<&str> = pointer.split('/').skip(1).collect();
    let whole: Option<&RawValue> = serde_json::from_slice(body).ok();
    set(whole, &segments, &value).into()
}

fn set(at: Option<&RawValue>, segments: &[&str], value: &Value) -> String {
    let Some((first, rest)) = segments.split_first() else { return value.to_string() };
    let elements = at.and_then(|array| serde_json::from_str::<Vec<&RawValue>>(array.get()).ok());
    // Where nothing is yet, the first segment that counts makes an array.
    let elements = elements.or_else(|| (at.is_none() && *first == "0").then(Vec::new));
    if let (Some(elements), Ok(place)) = (elements, first.parse::<usize>()) {
        let mut texts: Vec<String> = elements.iter().map(|element| element.get().to_owned()).collect();
        let changed = set(elements.get(place).copied(), rest, value);
        match texts.get_mut(place) {
            Some(text) => *text = changed,
            None => texts.push(changed),
        }
        return format!("[{}]", texts.join(","));
    }
    let members = at.and_then(|object| serde_json::from_str::<Members<'_>>(object.get()).ok());
    let members = members.map_or_else(Vec::new, |members| members.0);
    let written = |name: &str, value: &str| format!("{}:{value}", Value::from(name));
    let mut found = false;
    let mut texts: Vec<String> = Vec::new();
    for (name, member) in members {
        if name != *first {
            texts.push(written(&name, member.get()));
        } else if !found {
            found = true;
            texts.push(written(&name, &set(Some(member), rest, value)));
        }
    }
    if !found {
        texts.push(written(first, &set(None, rest, value)));
    }
    format!("{{{}}}", texts.join(","))
}

/// The members of an object in their order, as they are written.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_stays_as_it_is_written() {
        let with = |body: &str, pointer| with_json(body.as_bytes(), pointer, Value::from("x"));
        let body = r#"{"z": 12345678901234567890.10, "id":"old", "a":{"b":1e2, "c":[1, 2]}}"#;
        assert_eq!(with(body, "/id"), r#"{"z":12345678901234567890.10,"id":"x","a":{"b":1e2, "c":[1, 2]}}"#);
        assert_eq!(
            with(body, "/a/b"),
            r#"{"z":12345678901234567890.10,"id":"old","a":{"b":"x","c":[1, 2]}}"#
        );
        assert_eq!(with(r#"{"a":1}"#, "/b/c"), r#"{"a":1,"b":{"c":"x"}}"#);
        assert_eq!(with(r#"{"a":1}"#, "/a/c"), r#"{"a":{"c":"x"}}"#);
        assert_eq!(with("", "/id"), r#"{"id":"x"}"#);
        let items = r#"{"a":[{"b":1.0,"c":2},{"b":3}]}"#;
        assert_eq!(with(items, "/a/0/b"), r#"{"a":[{"b":"x","c":2},{"b":3}]}"#);
        assert_eq!(with(items, "/a/1/c"), r#"{"a":[{"b":1.0,"c":2},{"b":3,"c":"x"}]}"#);
        assert_eq!(with(r#"{"a":[]}"#, "/a/0/b"), r#"{"a":[{"b":"x"}]}"#);
        assert_eq!(with("{}", "/a/0/b"), r#"{"a":[{"b":"x"}]}"#);
    }

    #[test]
    fn a_pair_takes_the_place_of_those_of_its_name() {
        let with = |pairs: &str| String::from_utf8(with_pair(pairs.as_bytes(), "s g", "x&")).expect("text");
        assert_eq!(with(""), "s+g=x%26");
        assert_eq!(with("a=1&s%20g=old&b=%2B&s+g=older"), "a=1&b=%2B&s+g=x%26");
        assert_eq!(with("s+g"), "s+g=x%26");
    }
}
