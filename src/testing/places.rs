//! Puts values where a scheme has them.

use bytes::Bytes;
use serde_json::Value;

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

/// The JSON object with a value at the pointer, objects made on the way.
fn with_json(body: &[u8], pointer: &str, value: Value) -> Bytes {
    let mut whole: Value = serde_json::from_slice(body).unwrap_or_default();
    let segments: Vec<&str> = pointer.split('/').skip(1).collect();
    set(&mut whole, &segments, value);
    whole.to_string().into()
}

fn set(at: &mut Value, segments: &[&str], value: Value) {
    match segments.split_first() {
        None => *at = value,
        Some((first, rest)) => {
            if !at.is_object() {
                *at = Value::Object(serde_json::Map::new());
            }
            if let Some(object) = at.as_object_mut() {
                set(object.entry(*first).or_insert(Value::Null), rest, value);
            }
        }
    }
}
