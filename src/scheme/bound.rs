//! What a signature covers: derived from what is signed, never declared.

use super::{BodyHash, Code, Jwt, Part, Payload, Place, Proof, Scheme, Source};
use crate::delivery::Bound;

impl Scheme {
    /// What the signature of this scheme covers. Nothing for tokens and Basic.
    pub fn bound(&self) -> Bound {
        match self.proof {
            Proof::Token | Proof::Basic => Bound::default(),
            Proof::Jwt(rule) => self.bound_by_token(rule),
            Proof::Code(code) => self.bound_by_code(code),
            Proof::Hmac(_) | Proof::Digest(_) | Proof::Public(_) => {
                self.messages().map(|parts| self.bound_by(parts)).reduce(both).unwrap_or_default()
            }
        }
    }

    /// The messages any of which may be the one that is signed.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &'static [Part]> {
        std::iter::once(self.signs).chain(self.or_signs.iter().copied())
    }

    /// Every part of every message, those inside of others too.
    pub(crate) fn all_parts(&self) -> Vec<&'static Part> {
        fn add(all: &mut Vec<&'static Part>, parts: &'static [Part]) {
            for part in parts {
                all.push(part);
                if let Part::Optional(parts) | Part::SortedValues(parts) = part {
                    add(all, parts);
                }
            }
        }
        let mut all = Vec::new();
        self.messages().for_each(|parts| add(&mut all, parts));
        all
    }

    fn bound_by(&self, parts: &[Part]) -> Bound {
        let holds = |place: Place| self.covers_place(parts, place);
        Bound {
            body: self.signs_body(parts),
            timestamp: self.timestamp.is_some_and(|rule| covers(parts, Part::Timestamp) || holds(rule.place)),
            id: self.id.is_some_and(|place| covers(parts, Part::Id) || holds(place)),
            event_type: self.event_type.is_some_and(holds),
            // The origin stands for the URL only where that is nothing else.
            url: covers(parts, Part::Url) || covers(parts, Part::Origin),
        }
    }

    fn bound_by_token(&self, rule: &Jwt) -> Bound {
        let in_body = self.signature.is_some_and(|form| {
            matches!(form.place.source, Source::Body | Source::Json(_) | Source::Form(_))
        });
        let body = rule.body_hash.is_some() || rule.detached;
        // Of a token in the body its claims alone are signed, and matter where events are read from them.
        let claims = in_body && self.payload == Payload::Claims;
        let holds = |place: Place| {
            let is_read_from_claims =
                || place.is_all(|source| matches!(source, Source::Json(_) | Source::JsonInteger(_)));
            body && place.is_in_body() || is_claim(place) || claims && is_read_from_claims()
        };
        let timestamp = self.timestamp.map(|rule| holds(rule.place));
        Bound {
            body: body || claims,
            timestamp: timestamp.unwrap_or(rule.max_age_secs.is_some()),
            id: self.id.is_some_and(holds),
            event_type: self.event_type.is_some_and(holds),
            url: rule.url_hash.is_some(),
        }
    }

    fn bound_by_code(&self, code: Code) -> Bound {
        let (body, timestamp, url) = match code {
            // Some of its fields only, and id and type are among them.
            Code::Adyen => (false, false, false),
            Code::AwsSns => (false, true, false),
            // Contentful signs the path and not the host.
            Code::AppleJws | Code::Contentful | Code::Hook0 => (true, true, false),
            Code::Cavage => (true, true, true),
            // A query only where that is agreed on.
            Code::MessageSignatures(_) => (true, true, false),
            Code::PlivoV3 | Code::Twilio => (true, false, true),
        };
        self.bound_by_agreement(body, timestamp, url)
    }

    /// What is covered where these are.
    pub(crate) fn bound_by_agreement(&self, body: bool, timestamp: bool, url: bool) -> Bound {
        let covered = body || matches!(self.proof, Proof::Code(Code::Adyen | Code::AwsSns));
        let holds = |place: Place| covered && place.is_in_body() || is_claim(place);
        Bound {
            body,
            timestamp,
            id: self.id.is_some_and(holds),
            event_type: self.event_type.is_some_and(holds),
            url,
        }
    }

    /// Whether everything is signed that events are read from.
    pub(crate) fn signs_body(&self, parts: &[Part]) -> bool {
        let holds_payload = |part: &Part| match *part {
            Part::FormOrBody(_) => true,
            Part::Form(name) => self.payload == Payload::JsonOrFormField(name),
            _ => false,
        };
        signs_whole_body(parts, None) || parts.iter().any(holds_payload)
    }

    pub(crate) fn covers_place(&self, parts: &[Part], place: Place) -> bool {
        let signs = |wanted: Part| covers(parts, wanted);
        let body = || self.signs_body(parts);
        match place.source {
            Source::Header { name, or } => {
                // Under a name that is not signed anybody could add another value.
                signs(Part::Header(name)) && or.is_none_or(|or| signs(Part::Header(or)))
                    || (self.id == Some(place) && signs(Part::Id))
                    || (self.timestamp.is_some_and(|rule| rule.place == place) && signs(Part::Timestamp))
            }
            Source::NumberedHeader { .. } => false,
            // In lower case it may be the text of several.
            Source::Query(name) => signs(Part::Url) || signs(Part::SortedQuery) || signs(Part::Query(name)),
            Source::Xml(name) => signs_whole_body(parts, None) || signs(Part::Xml(name)),
            Source::Claim(_) | Source::Body => false,
            Source::Form(name) => signs_whole_body(parts, Some(name)) || signs(Part::Form(name)),
            Source::Json(pointer) | Source::JsonInteger(pointer) => body() || signs(Part::Json(pointer)),
            Source::Field(name) => {
                signs(Part::Field(name))
                    || (self.timestamp.is_some_and(|rule| rule.place == place) && signs(Part::Timestamp))
            }
            Source::All(places) => places.iter().all(|place| self.covers_place(parts, *place)),
            // Whoever can take the first one away decides which one counts.
            Source::First(places) => places.iter().all(|place| self.covers_place(parts, *place)),
        }
    }
}

/// Whether all of the body is signed, or of a form at least what has this name: not only what events are read from.
fn signs_whole_body(parts: &[Part], name: Option<&str>) -> bool {
    parts.iter().any(|part| match *part {
        Part::Body | Part::BodyAsJson | Part::SortedForm => true,
        Part::SortedPairsBut(but) | Part::SerializedFormBut(but) => name != Some(but),
        // Anybody can make another body of the same CRC.
        Part::BodyDigest(hash, _) => hash != BodyHash::Crc32,
        _ => false,
    })
}

fn is_claim(place: Place) -> bool {
    place.is_all(|source| matches!(source, Source::Claim(_)))
}

/// What is covered by one and the other.
fn both(one: Bound, other: Bound) -> Bound {
    Bound {
        body: one.body && other.body,
        timestamp: one.timestamp && other.timestamp,
        id: one.id && other.id,
        event_type: one.event_type && other.event_type,
        url: one.url && other.url,
    }
}

/// Whether a message of these parts always has the wanted one in it.
pub(crate) fn covers(parts: &[Part], wanted: Part) -> bool {
    parts.iter().any(|part| match part {
        // All of it is left out where one value is missing: of several, none is sure to be signed. One alone is,
        // since nobody can add it where it was not.
        Part::Optional(parts) => {
            let mut values = parts.iter().filter(|part| !matches!(part, Part::Lit(_)));
            let alone = values.next().filter(|_| values.next().is_none());
            alone.is_some_and(|part| covers(std::slice::from_ref(part), wanted))
        }
        Part::SortedValues(parts) => covers(parts, wanted),
        part => *part == wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{HashEncoding, all, first, header, json};
    use super::*;

    #[test]
    fn the_body_covers_what_is_in_it() {
        let scheme =
            Scheme::hmac_sha256("x").signs(&[Part::Body]).id(json("/id")).event_type(header("x-type"));
        let bound = scheme.bound();
        assert!(bound.body && bound.id && !bound.event_type && !bound.timestamp && !bound.url);
    }

    #[test]
    fn a_header_is_covered_only_where_it_is_signed() {
        let unsigned = Scheme::hmac_sha256("x").signs(&[Part::Body]).id(header("x-id"));
        assert!(!unsigned.bound().id);
        let by_name = Scheme::hmac_sha256("x").signs(&[Part::Header("x-id"), Part::Body]).id(header("x-id"));
        assert!(by_name.bound().id);
        let by_role = Scheme::hmac_sha256("x").signs(&[Part::Id, Part::Body]).id(header("x-id"));
        assert!(by_role.bound().id);
    }

    #[test]
    fn a_choice_is_covered_only_as_a_whole() {
        const SCHEME: Scheme =
            Scheme::hmac_sha256("x").signs(&[Part::Body]).id(first(&[header("x-id"), json("/id")]));
        assert!(!SCHEME.bound().id);
    }

    #[test]
    fn an_id_of_several_values_is_covered_only_with_all_of_them() {
        const ID: Place = all(&[header("x-id"), json("/id")]);
        const SCHEME: Scheme = Scheme::hmac_sha256("x").signs(&[Part::Body]).id(ID);
        assert!(!SCHEME.bound().id);
        assert!(SCHEME.signs(&[Part::Header("x-id"), Part::Body]).bound().id);
    }

    #[test]
    fn a_checksum_covers_nothing() {
        let signs = |part: &'static [Part]| Scheme::hmac_sha256("x").signs(part).id(json("/id")).bound();
        let crc = signs(&[Part::BodyDigest(BodyHash::Crc32, HashEncoding::Decimal)]);
        assert!(!crc.body && !crc.id);
        let sha = signs(&[Part::BodyDigest(BodyHash::Sha256, HashEncoding::Hex)]);
        assert!(sha.body && sha.id);
    }

    #[test]
    fn an_origin_is_a_url() {
        assert!(Scheme::hmac_sha256("x").signs(&[Part::Origin, Part::Body]).bound().url);
    }

    #[test]
    fn a_token_covers_nothing() {
        let scheme = Scheme::token("x").signs(&[Part::Body]).id(json("/id"));
        assert_eq!(scheme.bound(), Bound::default());
    }
}
