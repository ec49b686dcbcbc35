//! Reads signatures, timestamp and id off a request.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{Rules, Verification, grammar, message::in_head, rules::CONTENT_ENCODING, timestamp};
use crate::{
    clock::UnixTime,
    delivery::Text,
    error::Reason,
    headers::{Field, Fields},
    scheme::{Place, Signature, Source},
};

impl<'a> Verification<'a> {
    pub(super) fn read_signatures(&mut self) -> Result<(), Reason> {
        let mut seen = 0;
        for form in self.rules.scheme.signatures() {
            match form.place.source {
                Source::NumberedHeader { prefix, most } => {
                    for number in 1..=most {
                        match self.fields.head.field(&format!("{prefix}{number}")) {
                            Field::Absent => break,
                            Field::One(value) => seen += self.read_signature(form, value)?,
                            Field::Conflicting => return Err(Reason::SignatureRepeated),
                        }
                    }
                }
                Source::Query(_) => {
                    if let Some(value) = self.at(form.place, None)? {
                        seen += self.read_signature(form, &value)?;
                    }
                }
                Source::Header { name, .. } if form.repeated => {
                    let mut all: SmallVec<[&'a [u8]; 4]> = SmallVec::new();
                    self.fields.head.each(name, &mut |value| all.push(value));
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
                    if let Some(value) = in_head(&self.fields, self.signature, form.place)? {
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
        for form in self.rules.scheme.signatures().filter(|form| !form.place.is_in_head()) {
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
        let text = self.at(rule.place, body)?.ok_or(Reason::TimestampMissing)?;
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
        let id = self.at(place, body)?.filter(|id| !id.is_empty()).ok_or(Reason::IdMissing)?;
        self.id = Some(Text::new(&id).ok_or(Reason::IdMalformed)?);
        Ok(())
    }

    /// The raw value at a place, borrowed where it outlives this verification.
    fn at(&self, place: Place, body: Option<&[u8]>) -> Result<Option<Cow<'a, [u8]>>, Reason> {
        match in_head(&self.fields, self.signature, place)? {
            Some(value) => Ok(Some(Cow::Borrowed(value))),
            None => Ok(self.values(body).place(place)?.map(|value| Cow::Owned(value.into_owned()))),
        }
    }
}

/// Everything about the head that needs no secret.
pub(super) fn check_head(rules: &Rules, fields: &Fields<'_>) -> Result<(), Reason> {
    if !rules.scheme.methods.contains(&fields.head.method()) {
        return Err(Reason::MethodNotAllowed);
    }
    let plain = match fields.get(CONTENT_ENCODING) {
        Field::Absent => true,
        Field::One(coding) => coding.eq_ignore_ascii_case(b"identity"),
        Field::Conflicting => false,
    };
    if !plain && !rules.any_content_encoding {
        return Err(Reason::ContentEncoding);
    }
    let meets = |(name, value): &(&'static str, &str)| fields.get(name) == Field::One(value.as_bytes());
    if !rules.scheme.requires.iter().all(meets) {
        return Err(Reason::RequiredHeader);
    }
    Ok(())
}
