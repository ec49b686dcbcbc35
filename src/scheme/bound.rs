//! What a signature covers: derived from what is signed, never declared.

use super::{Part, Place, Proof, Scheme, Source};
use crate::delivery::Bound;

impl Scheme {
    /// What the signature of this scheme covers. Nothing for tokens and Basic.
    pub fn bound(&self) -> Bound {
        if !matches!(self.proof, Proof::Hmac(_)) {
            return Bound::default();
        }
        let signs = |wanted: Part| covers(self.signs, wanted);
        Bound {
            body: signs(Part::Body) || self.signs.iter().any(|part| matches!(part, Part::BodyDigest(..))),
            timestamp: self
                .timestamp
                .is_some_and(|rule| signs(Part::Timestamp) || self.covers_place(rule.place)),
            id: self.id.is_some_and(|place| signs(Part::Id) || self.covers_place(place)),
            event_type: self.event_type.is_some_and(|place| self.covers_place(place)),
            url: signs(Part::Url),
        }
    }

    fn covers_place(&self, place: Place) -> bool {
        let signs = |wanted: Part| covers(self.signs, wanted);
        let body = || signs(Part::Body) || self.signs.iter().any(|part| matches!(part, Part::BodyDigest(..)));
        match place.source {
            Source::Header { name, or } => {
                signs(Part::Header(name))
                    || or.is_some_and(|or| signs(Part::Header(or)))
                    || (self.id == Some(place) && signs(Part::Id))
                    || (self.timestamp.is_some_and(|rule| rule.place == place) && signs(Part::Timestamp))
            }
            Source::NumberedHeader { .. } => false,
            Source::Query(name) => {
                signs(Part::Url)
                    || signs(Part::SortedQuery)
                    || signs(Part::Query(name))
                    || signs(Part::LowerQuery(name))
            }
            Source::Form(name) => body() || signs(Part::SortedForm) || signs(Part::Form(name)),
            Source::Json(pointer) | Source::JsonInteger(pointer) => {
                body()
                    || signs(Part::Json(pointer))
                    || self.signs.iter().any(|part| matches!(part, Part::FormOrBody(_)))
            }
            Source::Field(name) => {
                signs(Part::Field(name))
                    || (self.timestamp.is_some_and(|rule| rule.place == place) && signs(Part::Timestamp))
            }
            Source::All(places) => places.iter().all(|place| self.covers_place(*place)),
            // Whoever can take the first one away decides which one counts.
            Source::First(places) => places.iter().all(|place| self.covers_place(*place)),
        }
    }
}

fn covers(parts: &[Part], wanted: Part) -> bool {
    parts.iter().any(|part| match part {
        Part::Optional(parts) => covers(parts, wanted),
        part => *part == wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{first, header, json};
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
    fn a_token_covers_nothing() {
        let scheme = Scheme::token("x").signs(&[Part::Body]).id(json("/id"));
        assert_eq!(scheme.bound(), Bound::default());
    }
}
