//! Marks between signed values.

use super::{Rules, message::Values};
use crate::{
    error::Reason,
    scheme::{Part, Scheme},
};

/// A value next to a separator.
#[derive(PartialEq)]
pub(super) struct Delimited {
    value: Part,
    separator: &'static str,
    /// Whether one of the two may be missing, or something between them.
    optional: bool,
}

impl Rules {
    /// Refuses a message that could be taken apart in two ways: of all its values, at most one may
    /// contain the separator next to it, and the body always may. None may next to what may be missing.
    pub(crate) fn check_delimiters(&self, values: &Values<'_>) -> Result<(), Reason> {
        if self.delimited.is_empty() {
            return Ok(());
        }
        let holds = |known: &&Delimited| {
            let value = values.value(&known.value).ok().flatten();
            value.is_some_and(|value| contains(&value, known.separator.as_bytes()))
        };
        let loose = self.delimited.iter().filter(holds).map(|known| 1 + usize::from(known.optional));
        match loose.sum::<usize>() + usize::from(self.signs_body) {
            0 | 1 => Ok(()),
            _ => Err(Reason::IdMalformed),
        }
    }
}

fn contains(value: &[u8], separator: &[u8]) -> bool {
    match separator {
        [byte] => value.contains(byte),
        _ => value.windows(separator.len().max(1)).any(|window| window == separator),
    }
}

/// The values next to a literal, each with it. Timestamps have a form of their own and need no check.
pub(super) fn delimited(scheme: &Scheme) -> Vec<Delimited> {
    let mut all = Vec::new();
    for (one, other, optional) in scheme.messages().flat_map(neighbours) {
        if let (Part::Lit(separator), value) | (value, Part::Lit(separator)) = (one, other)
            && is_value(value)
        {
            let found = Delimited { value, separator, optional };
            if !all.contains(&found) {
                all.push(found);
            }
        }
    }
    all
}

/// Whether two values stand next to each other, so that nothing tells where one ends and the other begins.
pub(super) fn touch(scheme: &Scheme) -> bool {
    let of_time = scheme.timestamp.map(|rule| rule.place.source);
    let is_free = |part: Part| is_value(part) && (part.source().is_none() || part.source() != of_time);
    scheme.messages().flat_map(neighbours).any(|(one, other, _)| is_free(one) && is_free(other))
}

fn is_value(part: Part) -> bool {
    part == Part::Id || part.source().is_some()
}

/// The parts that stand next to each other, and whether one of them may be missing, or something between them.
fn neighbours(parts: &[Part]) -> Vec<(Part, Part, bool)> {
    let mut all = Vec::new();
    // What may be the last part so far.
    let mut last: Vec<(Part, bool)> = Vec::new();
    for part in parts {
        let (inside, optional) = match part {
            Part::Optional(parts) => (*parts, true),
            part => (std::slice::from_ref(part), false),
        };
        let (Some(first), Some(end)) = (inside.first(), inside.last()) else { continue };
        all.extend(last.iter().map(|(one, missing)| (*one, *first, *missing || optional)));
        all.extend(inside.iter().zip(inside.iter().skip(1)).map(|(one, other)| (*one, *other, optional)));
        // What is behind it is next to the one before where it is missing.
        last.retain_mut(|(_, missing)| {
            *missing = true;
            optional
        });
        last.push((*end, optional));
    }
    all
}
