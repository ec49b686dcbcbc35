//! Answers challenges: only in the exact shape that the provider sends, only from configuration, and never so
//! that what a stranger chose could pass as a delivery.

use std::borrow::Cow;

use bytes::Bytes;
use serde_json::Value;

use crate::{
    crypto::{Tag, sha256},
    headers::{Field, Head},
    scheme::{Handshake, HashEncoding, Place, Said, Source, When},
    verify::{KeyRing, Rules, keys::Keys},
};

/// The longest challenge.
const LONGEST: usize = 1024;

/// The answer to a challenge.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    /// The secret that the challenge was.
    pub(crate) secret: Option<String>,
}

/// A request that may be a challenge.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) head: Head<'a>,
    pub(crate) body: &'a [u8],
    pub(crate) ring: Option<&'a KeyRing>,
}

impl Asked<'_> {
    /// The answer, where this is a challenge of the scheme that is signed, or one that is not.
    pub(crate) fn reply(&self, signed: bool) -> Option<Reply> {
        let known = self.rules.scheme.handshakes.iter();
        known.filter(|handshake| handshake.signed == signed).find_map(|handshake| self.answer(handshake))
    }

    fn answer(&self, handshake: &Handshake) -> Option<Reply> {
        if self.head.method() != handshake.method || !handshake.when.iter().all(|when| self.meets(*when)) {
            return None;
        }
        let challenge = match handshake.challenge {
            Some(place) => Some(self.at(place).filter(|text| is_harmless(text))?),
            None => None,
        };
        let challenge = challenge.as_deref().unwrap_or_default();
        if !handshake.may_be_challenge(challenge.as_bytes()) {
            return None;
        }
        let said = |said: &Said| self.said(*said, challenge);
        let body: String = handshake.body.iter().map(said).collect::<Option<_>>()?;
        let mut headers = Vec::new();
        for (name, value) in handshake.headers {
            headers.push((*name, said(value)?.into_owned()));
        }
        if let Some(kind) = handshake.content_type {
            headers.push(("content-type", kind.to_owned()));
            headers.push(("x-content-type-options", "nosniff".to_owned()));
        }
        Some(Reply {
            status: handshake.status,
            headers,
            body: body.into(),
            secret: handshake.delivers_secret.then(|| challenge.to_owned()),
        })
    }

    fn meets(&self, when: When) -> bool {
        match when {
            When::Is(place, wanted) => self.at(place).is_some_and(|text| text == wanted),
            When::IsInteger(place, wanted) => match place.source {
                Source::JsonInteger(pointer) => {
                    self.json(pointer).and_then(|value| value.as_i64()) == Some(wanted)
                }
                _ => false,
            },
            When::Absent(pointer) => self.json(pointer).is_none(),
            When::IsConfigured(place, name) => {
                let wanted = self.rules.config_value(name);
                match (self.at(place), wanted) {
                    // Digests, so that not even the length shows.
                    (Some(given), Some(wanted)) => {
                        let tag = |text: &str| Tag::new(&sha256(text.as_bytes()));
                        tag(wanted).zip(tag(&given)).is_some_and(|(wanted, given)| wanted.is(&given).into())
                    }
                    _ => false,
                }
            }
        }
    }

    /// The text at a place; nothing where it is there twice.
    fn at(&self, place: Place) -> Option<Cow<'_, str>> {
        match place.source {
            Source::Header { name, .. } => match self.head.field(name) {
                Field::One(value) => std::str::from_utf8(value).ok().map(Cow::Borrowed),
                Field::Absent | Field::Conflicting => None,
            },
            Source::Query(name) => {
                let query = self.head.query().unwrap_or_default();
                let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
                match (values.next(), values.next()) {
                    (Some((_, value)), None) => Some(value),
                    _ => None,
                }
            }
            Source::Json(pointer) => {
                self.json(pointer).and_then(|value| value.as_str().map(|text| Cow::Owned(text.to_owned())))
            }
            _ => None,
        }
    }

    fn json(&self, pointer: &str) -> Option<Value> {
        let json: Value = serde_json::from_slice(self.body).ok()?;
        json.pointer(pointer).cloned()
    }

    fn said<'s>(&'s self, said: Said, challenge: &'s str) -> Option<Cow<'s, str>> {
        Some(match said {
            Said::Text(text) => Cow::Borrowed(text),
            Said::Challenge => Cow::Borrowed(challenge),
            Said::Quoted => Cow::Owned(Value::from(challenge).to_string()),
            Said::Config(name) => Cow::Borrowed(self.rules.config_value(name)?),
            Said::Mac(encoding) => {
                let Keys::Mac(keys) = &self.ring?.keys else { return None };
                let mut mac = keys.first()?.start();
                mac.update(challenge.as_bytes());
                let tag = mac.finish();
                Cow::Owned(match encoding {
                    HashEncoding::Base64 => {
                        <base64ct::Base64 as base64ct::Encoding>::encode_string(&tag.to_vec())
                    }
                    _ => const_hex::encode(tag.to_vec()),
                })
            }
        })
    }
}

/// Whether text may be sent back: printable ASCII without what HTML is made of.
fn is_harmless(text: &str) -> bool {
    let harmless = |byte: u8| (b' '..=b'~').contains(&byte) && !matches!(byte, b'<' | b'>');
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(harmless)
}
