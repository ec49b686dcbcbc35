//! Reads signatures, timestamp and id off a request.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{
    Rules, Verification, grammar,
    message::{Values, place_is_in_head},
    rules::CONTENT_ENCODING,
    timestamp,
};
use crate::{
    clock::UnixTime,
    error::Reason,
    headers::{Field, Head},
    scheme::{Signature, Source},
};

impl<'a> Verification<'a> {
    pub(super) fn read_signatures(&mut self) -> Result<(), Reason> {
        let mut seen = 0;
        for form in self.rules.scheme.signatures() {
            match form.place.source {
                Source::NumberedHeader { prefix, most } => {
                    for number in 1..=most {
                        match self.head.field(&format!("{prefix}{number}")) {
                            Field::Absent => break,
                            Field::One(value) => seen += self.read_signature(form, value)?,
                            Field::Conflicting => return Err(Reason::SignatureRepeated),
                        }
                    }
                }
                Source::Query(_) => {
                    if let Some(value) = self.head_values().place(form.place)? {
                        seen += self.read_signature(form, &value)?;
                    }
                }
                Source::Header { name, .. } if form.repeated => {
                    let mut all: SmallVec<[&'a [u8]; 4]> = SmallVec::new();
                    self.head.each(name, &mut |value| all.push(value));
                    // A form of its own is no reason to refuse the others.
                    for value in all {
                        seen += self.read_signature(form, value).or_else(|reason| match reason {
                            Reason::SignatureMalformed => Ok(1),
                            reason => Err(reason),
                        })?;
                        if seen > grammar::MOST_CANDIDATES {
                            return Err(Reason::TooManySignatures);
                        }
                    }
                }
                _ => {
                    if let Some(value) = self.head_values().in_head(form.place)? {
                        self.signature.get_or_insert((form, value));
                        seen += self.read_signature(form, value)?;
                    }
                }
            }
        }
        self.check_candidates(seen)
    }

    pub(super) fn read_signatures_in_body(&mut self, body: &[u8]) -> Result<(), Reason> {
        let mut seen = self.candidates.len();
        for form in self.rules.scheme.signatures().filter(|form| !place_is_in_head(form.place)) {
            if let Some(value) = self.values(Some(body)).place(form.place)?.map(Cow::into_owned) {
                seen += self.read_signature(form, &value)?;
            }
        }
        match self.candidates.len() == 0 {
            true if seen == 0 => Err(Reason::SignatureMissing),
            true => Err(Reason::SignatureMalformed),
            false => Ok(()),
        }
    }

    pub(super) fn read_signature(&mut self, form: &Signature, value: &[u8]) -> Result<usize, Reason> {
        let seen = grammar::read(form, self.rules.scheme.proof, value, &mut self.candidates)?;
        match self.candidates.len() <= grammar::MOST_CANDIDATES {
            true => Ok(seen),
            false => Err(Reason::TooManySignatures),
        }
    }

    pub(super) fn check_candidates(&self, seen: usize) -> Result<(), Reason> {
        match self.candidates.len() == 0 && !self.rules.signature_in_body {
            true if seen == 0 => Err(Reason::SignatureMissing),
            true => Err(Reason::SignatureMalformed),
            false => Ok(()),
        }
    }

    pub(super) fn read_timestamp(&mut self, body: Option<&[u8]>, now: UnixTime) -> Result<(), Reason> {
        let Some(rule) = &self.rules.scheme.timestamp else { return Ok(()) };
        let text = match place_is_in_head(rule.place) {
            true => self.head_values().place(rule.place)?,
            false => self.values(body).place(rule.place)?.map(|text| Cow::Owned(text.into_owned())),
        };
        let text = text.ok_or(Reason::TimestampMissing)?;
        self.signed_at = Some(timestamp::parse(rule.unit, &text)?);
        self.timestamp = Some(text);
        self.judge_timestamp(now)
    }

    pub(super) fn judge_timestamp(&self, now: UnixTime) -> Result<(), Reason> {
        match (self.signed_at, self.rules.tolerance) {
            (Some(signed_at), Some(tolerance)) => timestamp::judge(signed_at, now, tolerance),
            _ => Ok(()),
        }
    }

    /// Reads the id where it is a part of the message by that name: then it must be there.
    pub(super) fn read_id(&mut self, body: Option<&[u8]>) -> Result<(), Reason> {
        let Some(place) = self.rules.scheme.id.filter(|_| self.rules.signs_id) else { return Ok(()) };
        let id = match place_is_in_head(place) {
            true => self.head_values().place(place)?,
            false => self.values(body).place(place)?.map(|id| Cow::Owned(id.into_owned())),
        };
        let id = id.filter(|id| !id.is_empty()).ok_or(Reason::IdMissing)?;
        if std::str::from_utf8(&id).is_err() {
            return Err(Reason::IdMalformed);
        }
        self.id = Some(id);
        Ok(())
    }

    /// The values of the head alone, which outlive this verification.
    pub(super) fn head_values(&self) -> Values<'a> {
        Values {
            rules: self.rules,
            head: self.head,
            signature: self.signature,
            timestamp: None,
            id: None,
            body: None,
            secret: None,
        }
    }
}

/// Everything about the head that needs no secret.
pub(super) fn check_head(rules: &Rules, head: Head<'_>) -> Result<(), Reason> {
    if !rules.scheme.methods.contains(&head.method()) {
        return Err(Reason::MethodNotAllowed);
    }
    let plain = match rules.field(head, CONTENT_ENCODING) {
        Field::Absent => true,
        Field::One(coding) => coding.eq_ignore_ascii_case(b"identity"),
        Field::Conflicting => false,
    };
    if !plain && !rules.any_content_encoding {
        return Err(Reason::ContentEncoding);
    }
    let meets =
        |(name, value): &(&'static str, &str)| rules.field(head, name) == Field::One(value.as_bytes());
    if !rules.scheme.requires.iter().all(meets) {
        return Err(Reason::RequiredHeader);
    }
    Ok(())
}
