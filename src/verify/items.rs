//! The events of a delivery that carries several.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;

use super::{code::adyen, identify::escaped};
use crate::{
    crypto::Sha256Sum,
    delivery::{Bound, Content, Delivery, EventId, EventType, IdFound, Payload, Text},
    scheme::{Batch, Code, Proof, Scheme},
};

/// The events in a delivery; where a list of them should be and is not, that place.
pub(super) fn items(scheme: &Scheme, delivery: &Delivery) -> Result<Vec<Delivery>, &'static str> {
    let Some(batch) = &scheme.batch else { return Ok(vec![delivery.clone()]) };
    let no_list = batch.items;
    let payload = std::str::from_utf8(delivery.payload()).map_err(|_| no_list)?;
    let alone = Some(payload).filter(|payload| batch.or_alone && members(payload).is_some());
    let at = value_at(payload, batch.items).or(alone).ok_or(no_list)?;
    let beside = batch.beside.and_then(|pointer| value_at(payload, pointer)).unwrap_or_default();
    let item = |json: &str, beside: &str| item(scheme.proof, batch, delivery, json, beside);
    if at.trim_start().starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(at).map_err(|_| no_list)?;
        return Ok(items.into_iter().map(|json| item(json.get(), beside)).collect());
    }
    // Some send a lone event without a list around it. Like a delivery without an id, it is named with its time.
    let time = delivery.timestamp.filter(|_| delivery.bound.timestamp && !scheme.named_by_body);
    let time = time.map_or_else(String::new, |time| time.as_millis().to_string());
    Ok(vec![item(at, &[beside, &time].concat())])
}

fn item(proof: Proof, batch: &Batch, delivery: &Delivery, json: &str, beside: &str) -> Delivery {
    // An integer names an event as well as a text does.
    let text = |pointer: &str| {
        let value = value_at(json, pointer)?;
        serde_json::from_str::<String>(value)
            .or_else(|_| serde_json::from_str::<i64>(value).map(|number| number.to_string()))
            .ok()
            .filter(|text| !text.is_empty())
    };
    let id = batch.id.and_then(|id| match batch.id_with {
        [] => text(id),
        with => {
            let values: Option<Vec<String>> =
                std::iter::once(&id).chain(with).map(|part| text(part)).collect();
            Some(values?.iter().map(|value| escaped(value)).collect::<Vec<_>>().join("/"))
        }
    });
    let event_type = batch.event_type.and_then(text).or_else(|| batch.or_event_type.and_then(text));
    let named = |text: Option<String>| text.and_then(|text| Text::new(text.as_bytes()));
    let content = match proof {
        Proof::Code(Code::Adyen) => adyen::content(json),
        _ => None,
    };
    let whole = || {
        let mut content = Sha256Sum::default();
        // The first is JSON by itself, so that it ends where it ends.
        [json, beside].into_iter().for_each(|part| content.update(part.as_bytes()));
        Content::Sha256(content.finish())
    };
    let body = match &delivery.payload {
        Payload::Field(payload) => payload.slice_ref(json.as_bytes()),
        Payload::Body | Payload::Form => delivery.body.slice_ref(json.as_bytes()),
    };
    Delivery {
        id: Some(named(id).map_or(IdFound::Missing, |id| IdFound::Id(EventId(id)))),
        event_type: Some(named(event_type).map(EventType)),
        content: content.unwrap_or_else(whole),
        body,
        payload: Payload::Body,
        bound: Bound { id: delivery.bound.body, event_type: delivery.bound.body, ..delivery.bound },
        ..delivery.clone()
    }
}

/// The JSON at this pointer (RFC 6901), as it is written. Where a name occurs twice, nothing.
fn value_at<'a>(mut json: &'a str, pointer: &str) -> Option<&'a str> {
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        let found: &RawValue = match json.trim_start().starts_with('[') {
            true => {
                let items: Vec<&RawValue> = serde_json::from_str(json).ok()?;
                items.get(segment.parse::<usize>().ok()?).copied()?
            }
            false => members(json)?.get(segment.as_str()).copied()?,
        };
        json = found.get();
    }
    Some(json)
}

fn members(json: &str) -> Option<BTreeMap<Cow<'_, str>, &RawValue>> {
    struct Members;
    impl<'de> serde::de::Visitor<'de> for Members {
        type Value = BTreeMap<Cow<'de, str>, &'de RawValue>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object without repeated names")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<Cow<'de, str>, &RawValue>()? {
                if members.insert(name, value).is_some() {
                    return Err(serde::de::Error::custom("a repeated name"));
                }
            }
            Ok(members)
        }
    }
    let mut reader = serde_json::Deserializer::from_str(json);
    serde::Deserializer::deserialize_map(&mut reader, Members).ok()
}

#[cfg(test)]
mod tests {
    use super::value_at;

    #[test]
    fn values_are_found_as_they_are_written() {
        let json = r#" {"a": {"b/c": [1.50, {"d" : "x"}]}, "e": null} "#;
        assert_eq!(value_at(json, "/a/b~1c/0"), Some("1.50"));
        assert_eq!(value_at(json, "/a/b~1c/1"), Some(r#"{"d" : "x"}"#));
        assert_eq!(value_at(json, "/a/b~1c/1/d"), Some("\"x\""));
        assert_eq!(value_at(json, "/none"), None);
        assert_eq!(value_at(json, "/e/f"), None);
        assert_eq!(value_at(r#"{"a":1,"a":2}"#, "/a"), None);
        assert_eq!(value_at("[1]", ""), Some("[1]"));
    }
}
