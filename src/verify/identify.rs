//! What a verified request is: its payload, event id and event type.

use std::{borrow::Cow, cell::OnceCell};

use bytes::Bytes;

use super::{
    Rules, items,
    locate::{self, Found, Picked},
};
use crate::{
    clock::UnixTime,
    crypto::Sha256Sum,
    delivery::{Content, Delivery, EventId, EventType, IdFound, Identify, Payload, Text},
    headers::{Field, Fields},
    scheme::{self, Place, Signature, Source},
};

/// What the head tells of a verified request, `None` being what the body is to be asked for.
pub(super) struct Identified {
    pub(super) id: Option<IdFound>,
    pub(super) event_type: Option<Option<EventType>>,
    pub(super) payload: Payload,
}

/// A verified request.
pub(super) struct Request<'a> {
    pub(super) rules: &'a Rules,
    pub(super) fields: &'a Fields<'a>,
    pub(super) signature: Option<(&'a Signature, &'a [u8])>,
    pub(super) signed_id: Option<Text>,
    pub(super) body: &'a Bytes,
    pub(super) claims: Option<&'a Bytes>,
}

/// Reads id and type as far as they need the head. Anything may be missing or wrong here without the
/// request being any less authentic.
pub(super) fn identify(request: Request<'_>) -> Identified {
    let rules = request.rules;
    let payload = payload(rules.scheme.payload, request.body, request.claims);
    let places = Places {
        rules,
        fields: Some(request.fields),
        signature: request.signature,
        body: request.body,
        claims: request.claims,
        payload: &payload,
        picked: OnceCell::new(),
    };
    let id = match (request.signed_id, rules.scheme.id) {
        (Some(id), _) => Some(IdFound::Id(EventId(id))),
        (None, Some(place)) if place.is_in_body() => None,
        (None, _) => Some(places.id()),
    };
    let event_type = match rules.scheme.event_type {
        Some(place) if place.is_in_body() => None,
        _ => Some(places.event_type()),
    };
    Identified { id, event_type, payload }
}

impl Identify for Rules {
    fn items(&self, delivery: &Delivery) -> Result<Vec<Delivery>, &'static str> {
        items::items(&self.scheme, delivery)
    }

    fn identify(&self, delivery: &Delivery) -> (IdFound, Option<EventType>) {
        let (body, payload) = (&delivery.body, &delivery.payload);
        let picked = OnceCell::new();
        let places =
            Places { rules: self, fields: None, signature: None, body, claims: None, payload, picked };
        (places.id(), places.event_type())
    }

    fn content(&self, delivery: &Delivery) -> Content {
        if !self.digests_later {
            return delivery.content;
        }
        let mut content = Sha256Sum::default();
        let time = delivery.timestamp.filter(|_| self.bound.timestamp).map_or(0, UnixTime::as_millis);
        [&time.to_be_bytes()[..], &delivery.body].into_iter().for_each(|bytes| content.update(bytes));
        self.with_type(Content::Sha256(content.finish()), delivery.event_type.as_ref())
    }
}

impl Rules {
    /// What names an event with this content: with its type, where the scheme says that the content alone does not.
    pub(super) fn with_type(&self, content: Content, event_type: Option<&Option<EventType>>) -> Content {
        let (Some(Some(event_type)), true) = (event_type, self.scheme.repeats_across_types) else {
            return content;
        };
        let (Content::Mac(bytes) | Content::Sha256(bytes)) = content;
        let mut named = Sha256Sum::default();
        named.update(&bytes);
        named.update(event_type.0.as_bytes());
        Content::Sha256(named.finish())
    }
}

/// Which of its kinds the body is: decided by the signed bytes, never by a header.
fn payload(kind: scheme::Payload, body: &Bytes, claims: Option<&Bytes>) -> Payload {
    let (field, other_form) = match kind {
        scheme::Payload::Claims => {
            return claims.map_or(Payload::Body, |claims| Payload::Field(claims.clone()));
        }
        scheme::Payload::Json => return Payload::Body,
        scheme::Payload::Form => return Payload::Form,
        scheme::Payload::JsonOrFormField(name) => (name, Payload::Body),
        scheme::Payload::JsonOrForm(name) => (name, Payload::Form),
    };
    match locate::in_body_form(kind, body, field) {
        _ if locate::is_json(body) => Payload::Body,
        Found::Text(json) => Payload::Field(Bytes::copy_from_slice(json.as_bytes())),
        _ => other_form,
    }
}

struct Places<'a> {
    rules: &'a Rules,
    fields: Option<&'a Fields<'a>>,
    signature: Option<(&'a Signature, &'a [u8])>,
    body: &'a [u8],
    claims: Option<&'a Bytes>,
    payload: &'a Payload,
    picked: OnceCell<Picked>,
}

impl Places<'_> {
    fn id(&self) -> IdFound {
        match self.rules.scheme.id.map_or(Found::Missing, |place| self.at(place)) {
            Found::Text(id) => IdFound::Id(EventId(id)),
            Found::Missing => IdFound::Missing,
            _ => IdFound::Invalid,
        }
    }

    fn event_type(&self) -> Option<EventType> {
        match self.rules.scheme.event_type.map(|place| self.at(place)) {
            Some(Found::Text(text)) => Some(EventType(text)),
            _ => None,
        }
    }

    fn at(&self, place: Place) -> Found {
        match place.source {
            Source::Header { name, or } => {
                let Some(fields) = self.fields else { return Found::Missing };
                match fields.either(name, or) {
                    Field::One(value) => text(value),
                    // Which of several would be meant is the sender's guess: none.
                    Field::Absent | Field::Conflicting => Found::Missing,
                }
            }
            Source::NumberedHeader { .. } => Found::Missing,
            Source::Query(name) => {
                let query = self.fields.and_then(|fields| fields.head.query()).unwrap_or_default();
                locate::in_form(query.as_bytes(), name)
            }
            Source::Form(name) => locate::in_body_form(self.rules.scheme.payload, self.body, name),
            Source::Xml(name) => locate::in_xml(self.body, name),
            Source::Body => Found::Missing,
            Source::Claim(pointer) => {
                let claims = self.claims.and_then(|claims| serde_json::from_slice(claims).ok());
                let claims: serde_json::Value = claims.unwrap_or_default();
                claims
                    .pointer(pointer)
                    .and_then(|value| value.as_str())
                    .map_or(Found::Missing, |value| text(value.as_bytes()))
            }
            Source::Field(name) => match self.signature {
                Some((form, value)) => match super::grammar::field(form, value, name) {
                    Ok(Some(value)) => text(value),
                    _ => Found::Missing,
                },
                None => Found::Missing,
            },
            Source::Json(pointer) => match self.picked(pointer) {
                Found::Integer(_) => Found::Other,
                found => found,
            },
            Source::JsonInteger(pointer) => match self.picked(pointer) {
                Found::Integer(number) => Found::Text(number),
                Found::Text(_) => Found::Other,
                found => found,
            },
            Source::First(places) => places
                .iter()
                .map(|place| self.at(*place))
                .find(|found| *found != Found::Missing)
                .unwrap_or(Found::Missing),
            Source::All(places) => self.joined(places),
        }
    }

    fn picked(&self, pointer: &str) -> Found {
        let picked = self.picked.get_or_init(|| match self.payload {
            Payload::Body => self.rules.picks.find(self.body),
            Payload::Field(json) => self.rules.picks.find(json),
            Payload::Form => Picked::new(),
        });
        let place = self.rules.picks.index(pointer);
        place.and_then(|place| picked.get(place).cloned()).unwrap_or(Found::Missing)
    }

    /// All values with `/` between them.
    fn joined(&self, places: &[Place]) -> Found {
        let mut joined = String::new();
        for (place, found) in places.iter().map(|place| self.at(*place)).enumerate() {
            let Found::Text(text) = found else { return found };
            if place > 0 {
                joined.push('/');
            }
            joined.push_str(&escaped(EventId(text).as_str()));
        }
        text(joined.as_bytes())
    }
}

/// A value to be joined with others by `/`, so that no two lists of values join to the same text.
pub(super) fn escaped(value: &str) -> Cow<'_, str> {
    match value.contains(['%', '/']) {
        true => Cow::Owned(value.replace('%', "%25").replace('/', "%2F")),
        false => Cow::Borrowed(value),
    }
}

fn text(value: &[u8]) -> Found {
    Text::new(value).map_or(Found::Missing, Found::Text)
}
