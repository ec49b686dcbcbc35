//! Finds ids, types and other values in a payload, in one pass and without building a tree.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use smallvec::SmallVec;

use crate::{delivery::Text, scheme::Payload};

/// What stands at a place.
#[derive(Clone, PartialEq)]
pub(crate) enum Found {
    Missing,
    Text(Text),
    Integer(Text),
    /// A value of another kind.
    Other,
    /// The name occurs twice: two readers could read two values.
    Twice,
}

/// Whether a body is JSON and no form, where a provider sends both. What is signed and what is read must
/// not come to different answers: a text of a JSON body can hold all the fields of a form.
pub(super) fn is_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start(), [] | [b'{' | b'[' | b'"', ..])
}

/// JSON pointers (RFC 6901) taken apart, at most 32.
#[derive(Default)]
pub(crate) struct Picks(Vec<(&'static str, Vec<Cow<'static, str>>)>);

pub(crate) type Picked = SmallVec<[Found; 4]>;

impl Picks {
    pub(crate) fn add(&mut self, pointer: &'static str) {
        if self.index(pointer).is_none() {
            let segments = pointer.split('/').skip(1).map(|segment| match segment.contains('~') {
                true => Cow::Owned(segment.replace("~1", "/").replace("~0", "~")),
                false => Cow::Borrowed(segment),
            });
            self.0.push((pointer, segments.collect()));
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn index(&self, pointer: &str) -> Option<usize> {
        self.0.iter().position(|(known, _)| *known == pointer)
    }

    /// What stands at each pointer, in their order; all missing where `json` is no JSON.
    pub(crate) fn find(&self, json: &[u8]) -> Picked {
        let mut found: Picked = SmallVec::from_elem(Found::Missing, self.0.len());
        if self.0.is_empty() {
            return found;
        }
        let mut reader = serde_json::Deserializer::from_slice(json);
        let all = u32::MAX.checked_shr(32_u32.saturating_sub(self.0.len() as u32)).unwrap_or(0);
        let whole =
            Node { picks: &self.0, wanted: all, depth: 0, found: &mut found }.deserialize(&mut reader);
        if whole.and_then(|()| reader.end()).is_err() {
            found.fill(Found::Missing);
        }
        found
    }
}

/// One value on the way to some of the picks.
struct Node<'a> {
    picks: &'a [(&'static str, Vec<Cow<'static, str>>)],
    wanted: u32,
    depth: usize,
    found: &'a mut Picked,
}

impl Node<'_> {
    /// Those of the wanted picks that go on at `depth` with this segment.
    fn through(&self, is_segment: impl Fn(&str) -> bool) -> u32 {
        mask(self.picks, self.wanted, |segments| {
            segments.get(self.depth).is_some_and(|segment| is_segment(segment))
        })
    }

    /// Records this value for the picks that end here.
    fn record(&mut self, value: &Found) {
        let ending = mask(self.picks, self.wanted, |segments| segments.len() == self.depth);
        self.set(ending, value);
    }

    fn set(&mut self, picks: u32, value: &Found) {
        for (place, found) in self.found.iter_mut().enumerate() {
            if picks & (1 << place) != 0 && *found != Found::Twice {
                *found = value.clone();
            }
        }
    }

    fn child(&mut self, wanted: u32) -> Node<'_> {
        Node { picks: self.picks, wanted, depth: self.depth + 1, found: self.found }
    }
}

fn mask(
    picks: &[(&'static str, Vec<Cow<'static, str>>)],
    wanted: u32,
    holds: impl Fn(&[Cow<'static, str>]) -> bool,
) -> u32 {
    let holding = picks
        .iter()
        .enumerate()
        .filter(|(place, (_, segments))| wanted & (1 << place) != 0 && holds(segments));
    holding.fold(0, |mask, (place, _)| mask | (1 << place))
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(mut self, _: bool) -> Result<(), E> {
        self.record(&Found::Other);
        Ok(())
    }

    fn visit_i64<E>(mut self, number: i64) -> Result<(), E> {
        self.record(&integer(&number));
        Ok(())
    }

    fn visit_u64<E>(mut self, number: u64) -> Result<(), E> {
        self.record(&integer(&number));
        Ok(())
    }

    fn visit_f64<E>(mut self, _: f64) -> Result<(), E> {
        self.record(&Found::Other);
        Ok(())
    }

    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.record(&Text::new(text.as_bytes()).map_or(Found::Missing, Found::Text));
        Ok(())
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.record(&Found::Other);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.record(&Found::Other);
        let mut seen = 0;
        while let Some(through) = map.next_key_seed(Key(&self))? {
            if through & seen != 0 {
                self.set(through, &Found::Twice);
                map.next_value::<IgnoredAny>()?;
            } else if through != 0 {
                seen |= through;
                map.next_value_seed(self.child(through))?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.record(&Found::Other);
        for place in 0_usize.. {
            let through = self.through(|segment| segment.parse() == Ok(place));
            let more = match through {
                0 => seq.next_element::<IgnoredAny>()?.is_some(),
                _ => seq.next_element_seed(self.child(through))?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }
}

fn integer(number: &impl fmt::Display) -> Found {
    Text::new(number.to_string().as_bytes()).map_or(Found::Other, Found::Integer)
}

/// Reads a key as the set of picks that go through it.
struct Key<'a, 'b>(&'a Node<'b>);

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = u32;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<u32, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<u32, E> {
        Ok(self.0.through(|segment| segment == key))
    }
}

/// What a form (`application/x-www-form-urlencoded`) has under this name.
pub(crate) fn in_form(form: &[u8], name: &str) -> Found {
    let mut values = form_urlencoded::parse(form).filter(|(key, _)| key == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Found::Missing,
        (Some(value), None) => Text::new(value.as_bytes()).map_or(Found::Missing, Found::Text),
        (Some(_), Some(_)) => Found::Twice,
    }
}

/// The body, where it is a form as far as this scheme has forms.
pub(super) fn as_form(payload: Payload, body: &[u8]) -> Option<&[u8]> {
    let sends_both = matches!(payload, Payload::JsonOrFormField(_) | Payload::JsonOrForm(_));
    (!sends_both || body.is_empty() || !is_json(body)).then_some(body)
}

/// What a body has under this name, as far as it is a form.
pub(super) fn in_body_form(payload: Payload, body: &[u8], name: &str) -> Found {
    as_form(payload, body).map_or(Found::Missing, |form| in_form(form, name))
}

/// The text of the one XML element of this name, plain or in one CDATA section.
pub(crate) fn in_xml(xml: &[u8], name: &str) -> Found {
    let Ok(xml) = std::str::from_utf8(xml) else { return Found::Missing };
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let Some((_, rest)) = xml.split_once(&open) else { return Found::Missing };
    let Some((text, rest)) = rest.split_once(&close) else { return Found::Other };
    if rest.contains(&open) {
        return Found::Twice;
    }
    let plain = text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(text);
    match plain.contains(['<', '&']) {
        true => Found::Other,
        false => Text::new(plain.as_bytes()).map_or(Found::Missing, Found::Text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pointers: &[&'static str], json: &str) -> Vec<String> {
        let mut picks = Picks::default();
        pointers.iter().for_each(|pointer| picks.add(pointer));
        picks.find(json.as_bytes()).into_iter().map(show).collect()
    }

    fn show(found: Found) -> String {
        match found {
            Found::Missing => "-".into(),
            Found::Text(text) => format!("{:?}", crate::delivery::EventId(text)),
            Found::Integer(text) => crate::delivery::EventId(text).to_string(),
            Found::Other => "other".into(),
            Found::Twice => "twice".into(),
        }
    }

    #[test]
    fn values_are_found_at_any_depth() {
        let json = r#"{"id":"evt","n":17,"event":{"type":"x","deep":[{"a":null},{"a":"b"}]},"a/b":"s"}"#;
        assert_eq!(
            find(&["/id", "/n", "/event/type", "/event/deep/1/a", "/event", "/none", "/a~1b"], json),
            ["\"evt\"", "17", "\"x\"", "\"b\"", "other", "-", "\"s\""],
        );
    }

    #[test]
    fn one_is_not_the_string_one_and_null_is_nothing_to_go_by() {
        for (json, want) in [
            ("1", "1"),
            ("-1", "-1"),
            ("\"1\"", "\"1\""),
            ("null", "other"),
            ("true", "other"),
            ("{}", "other"),
            ("1.0", "other"),
            ("\"\"", "-"),
        ] {
            assert_eq!(find(&["/id"], &format!(r#"{{"id":{json}}}"#)), [want], "{json}");
        }
    }

    #[test]
    fn a_name_that_occurs_twice_counts_for_nothing() {
        assert_eq!(find(&["/id", "/t"], r#"{"id":"a","t":"x","id":"b"}"#), ["twice", "\"x\""]);
        assert_eq!(find(&["/e/id"], r#"{"e":{"id":"a"},"e":{"id":"b"}}"#), ["twice"]);
        assert_eq!(find(&["/e/id"], r#"{"e":{"id":"a"},"e":{}}"#), ["twice"]);
    }

    #[test]
    fn what_is_no_json_has_nothing() {
        for json in ["", "Hello, World!", r#"{"id":"a""#, r#"{"id":"a"} trailing"#] {
            assert_eq!(find(&["/id"], json), ["-"], "{json}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(find(&["/id"], &deep), ["-"]);
    }

    #[test]
    fn what_is_not_asked_for_is_not_read() {
        assert_eq!(find(&["/list/1/id"], r#"{"list":["\ud800",{"id":"a"}],"x":"\ud800"}"#), ["\"a\""]);
    }

    #[test]
    fn what_looks_like_json_is_a_form_where_only_forms_are_sent() {
        assert_eq!(as_form(Payload::Form, b"[a]=1"), Some(&b"[a]=1"[..]));
        for both in [Payload::JsonOrForm("a"), Payload::JsonOrFormField("a")] {
            assert_eq!(as_form(both, b"[a]=1"), None);
            assert_eq!(as_form(both, b"a=[1]"), Some(&b"a=[1]"[..]));
            assert_eq!(as_form(both, b""), Some(&b""[..]));
        }
    }

    #[test]
    fn xml_elements_are_found_once() {
        let find = |xml: &str| show(in_xml(xml.as_bytes(), "Id"));
        assert_eq!(find("<xml><Id>17</Id></xml>"), "\"17\"");
        assert_eq!(find("<xml><Id><![CDATA[a b]]></Id></xml>"), "\"a b\"");
        assert_eq!(find("<xml><Id>1</Id><Id>2</Id></xml>"), "twice");
        assert_eq!(find("<xml><Ids>1</Ids></xml>"), "-");
        for odd in ["<Id>1", "<Id><b/></Id>", "<Id>&amp;</Id>", "<Id><![CDATA[a]]>b<![CDATA[c]]></Id>"] {
            assert_eq!(find(odd), "other", "{odd}");
        }
    }

    #[test]
    fn forms_are_decoded() {
        assert_eq!(show(in_form(b"a=1&payload=%7B%22x%22%7D+y", "payload")), "\"{\\\"x\\\"} y\"");
        assert_eq!(show(in_form(b"a=1&a=2", "a")), "twice");
        assert_eq!(show(in_form(b"a=1", "b")), "-");
    }
}
