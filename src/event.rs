//! Typed events out of a [`Delivery`].

use std::{collections::BTreeMap, error::Error, fmt};

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
    value::StrDeserializer,
};
use serde_path_to_error::Segment;

use crate::delivery::{Delivery, Payload};

/// Extractor of the event as a `T`: what [`Delivery::event`] reads. Each door has it under this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event<T>(pub T);

impl<T> std::ops::Deref for Event<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl Delivery {
    /// The event as a `T`, which may borrow from this delivery.
    ///
    /// For an enum, the variant is chosen by the event type, wherever the provider puts it, and its
    /// content is the payload:
    ///
    /// ```
    /// # use hookgate::{UnixTime, Verifier, providers::GitHub, testing::Signer};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// enum GitHubEvent<'a> {
    ///     #[serde(rename = "push", borrow)]
    ///     Push(Push<'a>),
    ///     #[serde(rename = "issues")]
    ///     Issues { action: String },
    ///     #[serde(other)]
    ///     Other, // new event types never break you
    /// }
    ///
    /// #[derive(Deserialize)]
    /// struct Push<'a> {
    ///     r#ref: &'a str,
    /// }
    /// # let secret = "It's a Secret to Everybody";
    /// # let signed = Signer::new::<GitHub>(secret).event_type("push").sign(r#"{"ref":"refs/heads/main"}"#)?;
    /// # let verifier = Verifier::builder::<GitHub>().secret(secret).build()?;
    /// # let delivery = verifier.verify(signed.head(), signed.body().clone(), UnixTime::from_secs(0))?;
    ///
    /// match delivery.event::<GitHubEvent>()? {
    ///     GitHubEvent::Push(push) => assert_eq!(push.r#ref, "refs/heads/main"),
    ///     GitHubEvent::Issues { action } => panic!("issue {action}"),
    ///     GitHubEvent::Other => panic!("another event"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A variant without content takes any well-formed payload, and an empty one. Where there is no event type, since
    /// the provider has none or this delivery comes without, an enum is the payload if that is one as serde writes it
    /// (`{"Variant": …}` with that key alone, or `"Variant"`), and else the variant marked with `#[serde(other)]`.
    ///
    /// Structs and internally tagged enums read the payload as usual. Adjacently tagged ones (`tag` and `content`) do
    /// too, but have no use for `#[serde(other)]`: serde refuses the content of a type that it does not know. Where the provider sends
    /// forms, the payload is the form field that holds the JSON, or the form itself.
    ///
    /// **Whatever is `#[serde(untagged)]`, an enum or one variant of it, never sees the event type**, and neither does an
    /// enum in an `Option`: serde reads the payload before it asks for an enum. With
    /// `#[serde(untagged)] Other(Value)` as the last variant *every* event is `Other`. Take `#[serde(other)] Other` as
    /// above, and for what else there is ask again: `delivery.event::<serde_json::Value>()`.
    ///
    /// # Errors
    ///
    /// The payload does not fit `T`; the error says where.
    pub fn event<'de, T: Deserialize<'de>>(&'de self) -> Result<T, EventError> {
        let event_type = self.event_type().map(|event_type| event_type.as_str());
        let text = self.payload();
        match &self.payload {
            Payload::Form => {
                let payload = serde_html_form::Deserializer::from_bytes(text);
                read(ByType { event_type, text, payload }).map_err(|(path, error)| EventError {
                    path,
                    position: None,
                    what: of_data(&error.to_string()),
                })
            }
            Payload::Body | Payload::Field(_) => {
                let mut json = serde_json::Deserializer::from_slice(text);
                let event = read(ByType { event_type, text, payload: &mut json })
                    .and_then(|event| json.end().map(|()| event).map_err(|error| (".".to_owned(), error)));
                event.map_err(|(path, error)| EventError {
                    path,
                    position: (error.line() > 0).then_some((error.line(), error.column())),
                    what: without_values(&error),
                })
            }
        }
    }
}

impl Delivery {
    /// The events in this delivery, each as a delivery of its own: with its own id and type, and its JSON
    /// as body and payload. One, this very delivery, where the provider sends one event at a time.
    ///
    /// # Errors
    ///
    /// There is no list of events where the provider has it.
    pub fn items(&self) -> Result<Vec<Self>, EventError> {
        self.identify.items(self).map_err(|place| EventError {
            path: if place.is_empty() { ".".to_owned() } else { place.to_owned() },
            position: None,
            what: "expected a list of events".to_owned(),
        })
    }
}

fn read<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    event: ByType<'_, D>,
) -> Result<T, (String, D::Error)> {
    let chosen = event.event_type.unwrap_or_default();
    serde_path_to_error::deserialize(event).map_err(|error| {
        let mut path = error.path().iter().peekable();
        // The variant that the event type chose is no part of the payload.
        path.next_if(|first| matches!(first, Segment::Enum { variant } if variant == chosen));
        (printed(path), error.into_inner())
    })
}

/// This path as it may go to a log: names of fields say nothing, but keys of maps may be anybody's address.
fn printed<'p>(path: impl Iterator<Item = &'p Segment>) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_plain = |name: &str| (1..=64).contains(&name.len()) && name.bytes().all(plain);
    let mut printed = String::new();
    for segment in path {
        if let Segment::Seq { index } = segment {
            printed.push_str(&format!("[{index}]"));
            continue;
        }
        if !printed.is_empty() {
            printed.push('.');
        }
        printed.push_str(match segment {
            Segment::Map { key: name } | Segment::Enum { variant: name } if is_plain(name) => name,
            _ => "?",
        });
    }
    if printed.is_empty() { ".".to_owned() } else { printed }
}

/// An authentic delivery whose payload does not fit the type asked for.
///
/// It names the path and the position of the failure and what was expected there, and none of the
/// values: it may go to a log. A key in the path is `?` if it is longer than 64 bytes or not of ASCII letters, digits,
/// `_`, `-` and `.` alone, since the keys of a map are values too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    path: String,
    position: Option<(usize, usize)>,
    what: String,
}

impl EventError {
    /// Where in the payload, for example `data.object.amount`; `.` for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Line and column in the payload, from 1, where known.
    pub fn position(&self) -> Option<(usize, usize)> {
        self.position
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the event does not fit its type at {}: {}", self.path, self.what)?;
        match self.position {
            Some((line, column)) => write!(f, " (line {line}, column {column})"),
            None => Ok(()),
        }
    }
}

impl Error for EventError {}

/// What is wrong, with the values left out: `invalid type: string "4111…", expected u64` quotes the body.
fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(&*message, |(message, _)| message);
    match error.classify() {
        serde_json::error::Category::Data => of_data(message),
        // What is no JSON is described by what was expected.
        _ => message.to_owned(),
    }
}

/// Serde's own message for data that does not fit; what a type says itself may hold anything.
fn of_data(message: &str) -> String {
    const NAMES_ONLY_THE_TYPE: [&str; 2] =
        ["missing field `", "data did not match any variant of untagged enum "];
    const KINDS: [&str; 6] = [
        "invalid type",
        "invalid value",
        "invalid length",
        "unknown variant",
        "unknown field",
        "duplicate field",
    ];
    if NAMES_ONLY_THE_TYPE.iter().any(|start| message.starts_with(start)) {
        return message.to_owned();
    }
    let Some(kind) = KINDS.iter().find(|kind| message.starts_with(**kind)) else {
        return "refused by the type".to_owned();
    };
    match message.rsplit_once(", expected ") {
        // Where nothing is expected, the comma is inside of a key.
        Some((_, expected)) if !expected.contains("`, there are no ") => {
            format!("{kind}, expected {expected}")
        }
        _ => (*kind).to_owned(),
    }
}

/// Presents (type, payload) to serde: as an externally tagged enum to those who ask for an enum, as
/// the payload to everyone else.
struct ByType<'t, D> {
    event_type: Option<&'t str>,
    /// What the payload is read from.
    text: &'t [u8],
    payload: D,
}

/// Whether this JSON is an externally tagged enum by itself, with one of these variants.
fn is_enum(text: &[u8], variants: &[&str]) -> bool {
    let object: Option<BTreeMap<String, de::IgnoredAny>> = serde_json::from_slice(text).ok();
    let only = object.filter(|object| object.len() == 1).and_then(|object| object.into_keys().next());
    let variant = only.or_else(|| serde_json::from_slice(text).ok());
    variant.is_some_and(|variant| variants.contains(&variant.as_str()))
}

macro_rules! payload {
    ($($method:ident($($arg:ident: $type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($arg: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.payload.$method($($arg,)* visitor)
        })*
    };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ByType<'_, D> {
    type Error = D::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        match self.event_type {
            None if is_enum(self.text, variants) => self.payload.deserialize_enum(name, variants, visitor),
            // Without a type, it is none that any variant has the name of.
            _ => visitor.visit_enum(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        match name.starts_with("$serde_json::private::") {
            // Nothing around an event: so `RawValue` asks for the text of the payload.
            true => self.payload.deserialize_newtype_struct(name, visitor),
            false => visitor.visit_newtype_struct(self),
        }
    }

    payload! {
        deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_unit() deserialize_seq()
        deserialize_map() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str) deserialize_tuple(len: usize)
        deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for ByType<'_, D> {
    type Error = D::Error;
    type Variant = Content<D>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<D>), D::Error> {
        let event_type: StrDeserializer<'_, D::Error> =
            self.event_type.unwrap_or_default().into_deserializer();
        let content = Content { payload: self.payload, is_empty: self.text.is_empty() };
        Ok((seed.deserialize(event_type)?, content))
    }
}

/// The content of the chosen variant: the payload.
struct Content<D> {
    payload: D,
    is_empty: bool,
}

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Content<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        // The type alone is the event; whatever the payload holds must still be well-formed.
        match self.is_empty {
            true => Ok(()),
            false => de::IgnoredAny::deserialize(self.payload).map(drop),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, D::Error> {
        seed.deserialize(self.payload)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.payload.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.payload.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_lose_their_values_and_keep_the_rest() {
        let cases = [
            ("missing field `id`", "missing field `id`"),
            ("invalid type: string \"4111 1111\", expected u64", "invalid type, expected u64"),
            (
                "unknown variant `secret`, expected one of `a`, `b`",
                "unknown variant, expected one of `a`, `b`",
            ),
            ("unknown variant `secret`, there are no variants", "unknown variant"),
            ("unknown field `a, expected secret`, there are no fields", "unknown field"),
            ("invalid value: string \"x, expected y\", expected z", "invalid value, expected z"),
            (
                "invalid length 17, expected an array of length 2",
                "invalid length, expected an array of length 2",
            ),
            ("duplicate field `id`", "duplicate field"),
            (
                "data did not match any variant of untagged enum Paid",
                "data did not match any variant of untagged enum Paid",
            ),
            ("DE89 3704 0044 0532 0130 00 is no IBAN", "refused by the type"),
            ("DE89, expected an IBAN", "refused by the type"),
            ("4111 1111: invalid type, expected a number", "refused by the type"),
        ];
        for (message, want) in cases {
            assert_eq!(of_data(message), want);
        }
    }

    #[test]
    fn what_is_no_json_is_told_by_what_was_expected() {
        let says = |text: &str| {
            without_values(&serde_json::from_str::<serde_json::Value>(text).expect_err("no JSON"))
        };
        assert_eq!(says(""), "EOF while parsing a value");
        assert_eq!(says("{4111: 1}"), "key must be a string");
        assert_eq!(says("[1,]"), "trailing comma");
    }
}
