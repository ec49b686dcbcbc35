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
    fn flat(all: &mut Vec<(Part, bool)>, parts: &[Part], optional: bool) {
        for part in parts {
            match part {
                Part::Optional(parts) => flat(all, parts, true),
                part => all.push((*part, optional)),
            }
        }
    }
    let is_value = |part: &Part| {
        matches!(
            part,
            Part::Id
                | Part::Header(_)
                | Part::Field(_)
                | Part::Query(_)
                | Part::LowerQuery(_)
                | Part::Form(_)
                | Part::Json(_)
                | Part::Xml(_)
        )
    };
    let mut all = Vec::new();
    for parts in scheme.messages() {
        let mut message = Vec::new();
        flat(&mut message, parts, false);
        for (at, (one, optional)) in message.iter().enumerate() {
            let mut optional = *optional;
            for (other, other_optional) in message.iter().skip(at + 1) {
                if let (Part::Lit(separator), value) | (value, Part::Lit(separator)) = (one, other)
                    && is_value(value)
                {
                    let optional = optional || *other_optional;
                    let found = Delimited { value: *value, separator, optional };
                    if !all.contains(&found) {
                        all.push(found);
                    }
                }
                // What is behind it is next to the first one where it is missing.
                if !*other_optional {
                    break;
                }
                optional = true;
            }
        }
    }
    all
}
