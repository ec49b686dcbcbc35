//! Puts values where a scheme has them.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

use super::SignedRequest;
use crate::scheme::Source;

/// Puts a value at a place of the request.
pub(super) fn put(request: &mut SignedRequest, source: Source, value: &str) {
    let form_pair =
        |name: &str| form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
    match source {
        Source::Header { name, .. } => {
            request.headers.retain(|(known, _)| known != name);
            request.headers.push((name.to_owned(), value.to_owned()));
        }
        Source::Query(name) => {
            let mark = if request.target.contains('?') { '&' } else { '?' };
            request.target = format!("{}{mark}{}", request.target, form_pair(name));
        }
        Source::Form(name) => {
            let mark: &[u8] = if request.body.is_empty() { b"" } else { b"&" };
            request.body = [&request.body, mark, form_pair(name).as_bytes()].concat().into();
        }
        Source::Json(pointer) => request.body = with_json(&request.body, pointer, Value::from(value)),
        Source::JsonInteger(pointer) => {
            let number = value.parse::<i64>().map_or(Value::from(value), Value::from);
            request.body = with_json(&request.body, pointer, number);
        }
        Source::First(places) => {
            if let Some(place) = places.first() {
                put(request, place.source, value);
            }
        }
        Source::Xml(name) => {
            request.body =
                [&request.body[..], format!("<{name}>{value}</{name}>").as_bytes()].concat().into();
        }
        Source::Body => request.body = Bytes::copy_from_slice(value.as_bytes()),
        Source::NumberedHeader { .. } | Source::Field(_) | Source::Claim(_) | Source::All(_) => {}
    }
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
    }
}
