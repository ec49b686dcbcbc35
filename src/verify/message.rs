//! Puts the signed message together, part by part and without joining it.

use std::borrow::Cow;

use super::{
    Rules, grammar,
    locate::{self, Found},
};
use crate::{
    crypto,
    error::Reason,
    headers::{Field, Fields},
    scheme::{HashEncoding, Part, Place, Signature, Source},
};

/// What of a request the parts of a message are read from.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) fields: &'a Fields<'a>,
    /// The form and raw value of the first signature that was found in the head.
    pub(crate) signature: Option<(&'a Signature, &'a [u8])>,
    pub(crate) timestamp: Option<&'a [u8]>,
    pub(crate) id: Option<&'a [u8]>,
    /// `None` until the body is complete.
    pub(crate) body: Option<&'a [u8]>,
    /// The secret, where its text is sorted in among the values.
    pub(crate) secret: Option<&'a [u8]>,
}

/// The most fields of a form that is signed in their order.
const MOST_FIELDS: usize = 4096;

/// A form field, decoded.
pub(super) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A piece of a message.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'a> {
    Bytes(&'a [u8]),
    /// The text of whichever secret the MAC is for.
    Secret,
}

impl<'a> Values<'a> {
    /// Hands all pieces of these parts to `sink`, in order.
    pub(crate) fn feed(&self, parts: &[Part], sink: &mut dyn FnMut(Piece<'_>)) -> Result<(), Reason> {
        for part in parts {
            match part {
                Part::Secret => sink(Piece::Secret),
                Part::SortedForm => {
                    for (name, value) in &sorted_form(self.rules, self.body()?)? {
                        sink(Piece::Bytes(name.as_bytes()));
                        sink(Piece::Bytes(value.as_bytes()));
                    }
                }
                Part::SortedPairsBut(but) => {
                    for (name, value) in &self.sorted_form_but(but)? {
                        // Only in values are they replaced: such a name could be taken for two fields.
                        if name.contains(['&', '=']) {
                            return Err(Reason::SignatureMalformed);
                        }
                        let value = value.replace(['&', '='], "_");
                        sink(Piece::Bytes(format!("&{name}={value}").as_bytes()));
                    }
                }
                Part::SerializedFormBut(but) => {
                    let fields = self.sorted_form_but(but)?;
                    sink(Piece::Bytes(format!("a:{}:{{", fields.len()).as_bytes()));
                    for text in fields.iter().flat_map(|(name, value)| [name, value]) {
                        sink(Piece::Bytes(format!("s:{}:\"{text}\";", text.len()).as_bytes()));
                    }
                    sink(Piece::Bytes(b"}"));
                }
                Part::SortedValues(parts) => {
                    let secret = self.secret.filter(|_| parts.contains(&Part::Secret));
                    let mut values: Vec<_> = secret.map(Cow::Borrowed).into_iter().collect();
                    for part in parts.iter().filter(|part| **part != Part::Secret) {
                        values.push(self.value(part)?.ok_or(Reason::SignedPartMissing)?);
                    }
                    values.sort();
                    values.iter().for_each(|value| sink(Piece::Bytes(value)));
                }
                Part::Optional(parts) => {
                    let mut all_there = true;
                    for part in *parts {
                        // What is there twice is not missing.
                        all_there &= self.value(part)?.is_some();
                    }
                    if all_there {
                        self.feed(parts, sink)?;
                    }
                }
                part => sink(Piece::Bytes(&self.value(part)?.ok_or(Reason::SignedPartMissing)?)),
            }
        }
        Ok(())
    }

    /// The bytes of one part; `None` where the request does not have it.
    pub(crate) fn value(&self, part: &Part) -> Result<Option<Cow<'a, [u8]>>, Reason> {
        let borrowed = |bytes: &'a [u8]| Ok(Some(Cow::Borrowed(bytes)));
        let at = |source| self.place(Place { source });
        match *part {
            Part::Lit(text) => borrowed(text.as_bytes()),
            Part::Body => borrowed(self.body()?),
            Part::Timestamp => Ok(self.timestamp.map(Cow::Borrowed)),
            Part::Id => Ok(self.id.map(Cow::Borrowed)),
            Part::Header(name) => at(Source::Header { name, or: None }),
            Part::Field(name) => at(Source::Field(name)),
            Part::Query(name) => at(Source::Query(name)),
            Part::LowerQuery(name) => {
                Ok(at(Source::Query(name))?.map(|value| Cow::Owned(value.to_ascii_lowercase())))
            }
            Part::Form(name) => at(Source::Form(name)),
            Part::FormOrBody(name) => match at(Source::Form(name))? {
                Some(value) => Ok(Some(value)),
                None => borrowed(self.body()?),
            },
            Part::Json(pointer) => at(Source::Json(pointer)),
            Part::Xml(name) => at(Source::Xml(name)),
            Part::BodyAsJson => {
                let text = std::str::from_utf8(self.body()?).map_err(|_| Reason::SignedPartMissing)?;
                Ok(Some(Cow::Owned(serde_json::Value::from(text).to_string().into_bytes())))
            }
            Part::Method => Ok(Some(Cow::Owned(self.fields.head.method().to_ascii_uppercase().into_bytes()))),
            Part::Path => borrowed(self.fields.head.path().as_bytes()),
            Part::Url => Ok(Some(Cow::Owned(self.rules.url(self.fields.head)?.into_bytes()))),
            Part::UrlBeforeQuery => {
                let url = self.rules.url(self.fields.head)?;
                let (url, _) = url.split_once('?').unwrap_or((&url, ""));
                Ok(Some(Cow::Owned(url.as_bytes().to_vec())))
            }
            Part::UnescapedUrl(marks) => {
                Ok(Some(Cow::Owned(unescaped(&self.rules.url(self.fields.head)?, marks).into_bytes())))
            }
            Part::Origin => {
                let origin = self.rules.public_url.as_deref().filter(|_| self.fields.head.target() == "/");
                Ok(origin.map(|origin| Cow::Borrowed(origin.as_bytes())))
            }
            Part::SortedQuery => {
                let mut pairs: Vec<_> = self.fields.head.query().unwrap_or_default().split('&').collect();
                pairs.sort_unstable();
                Ok(Some(Cow::Owned(pairs.join("&").into_bytes())))
            }
            Part::BodyDigest(hash, encoding) => {
                let digest = crypto::body_digest(hash, self.body()?).ok_or(Reason::SignedPartMissing)?;
                Ok(Some(Cow::Owned(match encoding {
                    HashEncoding::Raw => digest.to_vec(),
                    HashEncoding::Hex => const_hex::encode(&digest).into_bytes(),
                    HashEncoding::Decimal => digest
                        .iter()
                        .fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte))
                        .to_string()
                        .into_bytes(),
                    HashEncoding::Base64 => {
                        <base64ct::Base64 as base64ct::Encoding>::encode_string(&digest).into_bytes()
                    }
                })))
            }
            Part::Config(name) => {
                Ok(self.rules.config_value(name).map(|value| Cow::Borrowed(value.as_bytes())))
            }
            Part::Secret
            | Part::SortedForm
            | Part::SortedPairsBut(_)
            | Part::SerializedFormBut(_)
            | Part::SortedValues(_)
            | Part::Optional(_) => Ok(Some(Cow::Borrowed(&[]))),
        }
    }

    /// The raw value at a place; `None` where there is none. Conflicting values are an error.
    pub(crate) fn place(&self, place: Place) -> Result<Option<Cow<'a, [u8]>>, Reason> {
        match place.source {
            Source::Header { .. } | Source::Field(_) => {
                Ok(in_head(self.fields, self.signature, place)?.map(Cow::Borrowed))
            }
            Source::NumberedHeader { .. } => Ok(None),
            Source::Query(name) => {
                text(locate::in_form(self.fields.head.query().unwrap_or_default().as_bytes(), name))
            }
            Source::Form(name) => text(locate::in_body_form(self.rules.scheme.payload, self.body()?, name)),
            Source::Json(pointer) | Source::JsonInteger(pointer) => text(self.in_json(pointer)?),
            Source::Xml(name) => text(locate::in_xml(self.body()?, name)),
            Source::Body => Ok(self.body.map(Cow::Borrowed)),
            Source::Claim(_) => Ok(None),
            Source::First(places) => {
                for place in places {
                    if let Some(value) = self.place(*place)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            Source::All(_) => Ok(None),
        }
    }

    fn sorted_form_but(&self, but: &str) -> Result<Vec<Pair<'a>>, Reason> {
        let mut fields = sorted(self.body()?)?;
        fields.retain(|(name, _)| name != but);
        let mut pairs = fields.windows(2);
        // Which of two values a receiver reads would be its guess.
        match pairs.any(|pair| matches!(pair, [(one, _), (two, _)] if one == two)) {
            true => Err(Reason::SignatureMalformed),
            false => Ok(fields),
        }
    }

    fn in_json(&self, pointer: &str) -> Result<Found, Reason> {
        let picks = &self.rules.signed_picks;
        let found = picks.find(self.body()?);
        Ok(picks.index(pointer).and_then(|place| found.get(place).cloned()).unwrap_or(Found::Missing))
    }

    fn body(&self) -> Result<&'a [u8], Reason> {
        self.body.ok_or(Reason::SignedPartMissing)
    }
}

/// All fields of a form, sorted.
pub(super) fn sorted_form<'a>(rules: &Rules, body: &'a [u8]) -> Result<Vec<Pair<'a>>, Reason> {
    let form = locate::as_form(rules.scheme.payload, body).ok_or(Reason::Uncovered)?;
    sorted(form)
}

/// The fields of any form, sorted.
pub(super) fn sorted(form: &[u8]) -> Result<Vec<Pair<'_>>, Reason> {
    // Nobody has been authenticated yet, and to sort them costs far more than to hash them.
    if form.iter().filter(|byte| **byte == b'&').count() >= MOST_FIELDS {
        return Err(Reason::SignatureMalformed);
    }
    let mut fields: Vec<_> = form_urlencoded::parse(form).collect();
    fields.sort();
    Ok(fields)
}

/// The text with the percent escapes of these marks decoded.
fn unescaped(text: &str, marks: &str) -> String {
    let (mut rest, mut decoded) = (text, String::with_capacity(text.len()));
    while let Some((before, escape)) = rest.split_once('%') {
        decoded.push_str(before);
        let byte = escape.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.map(char::from).filter(|mark| marks.contains(*mark)) {
            Some(mark) => {
                decoded.push(mark);
                rest = escape.get(2..).unwrap_or_default();
            }
            None => {
                decoded.push('%');
                rest = escape;
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

fn text<'a>(found: Found) -> Result<Option<Cow<'a, [u8]>>, Reason> {
    match found {
        Found::Missing => Ok(None),
        Found::Text(text) | Found::Integer(text) => Ok(Some(Cow::Owned(text.as_bytes().to_vec()))),
        Found::Other | Found::Twice => Err(Reason::SignatureMalformed),
    }
}

/// The raw value at a place of the head, borrowed from it. A missing field is `None`.
pub(super) fn in_head<'a>(
    fields: &Fields<'a>,
    signature: Option<(&'a Signature, &'a [u8])>,
    place: Place,
) -> Result<Option<&'a [u8]>, Reason> {
    match (place.source, signature) {
        (Source::Header { name, or }, _) => match fields.either(name, or) {
            Field::Absent => Ok(None),
            Field::One(value) => Ok(Some(value)),
            Field::Conflicting => Err(Reason::SignatureRepeated),
        },
        (Source::Field(name), Some((form, value))) => grammar::field(form, value, name),
        _ => Ok(None),
    }
}

/// Whether a part can be read before the body is there.
pub(crate) fn is_in_head(part: &Part, rules: &crate::scheme::Scheme) -> bool {
    match part {
        Part::Lit(_)
        | Part::Header(_)
        | Part::Method
        | Part::Url
        | Part::UrlBeforeQuery
        | Part::UnescapedUrl(_)
        | Part::Origin
        | Part::Path
        | Part::Query(_)
        | Part::LowerQuery(_)
        | Part::SortedQuery
        | Part::Config(_)
        | Part::Secret => true,
        Part::Field(_) => rules.signature.is_some_and(|signature| signature.place.is_in_head()),
        Part::Timestamp => rules.timestamp.is_some_and(|rule| rule.place.is_in_head()),
        Part::Id => rules.id.is_some_and(Place::is_in_head),
        Part::Optional(parts) | Part::SortedValues(parts) => parts.iter().all(|part| is_in_head(part, rules)),
        Part::Body
        | Part::BodyAsJson
        | Part::Xml(_)
        | Part::SortedPairsBut(_)
        | Part::SerializedFormBut(_)
        | Part::Form(_)
        | Part::FormOrBody(_)
        | Part::SortedForm
        | Part::Json(_)
        | Part::BodyDigest(..) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn the_escapes_of_some_marks_are_decoded_once() {
        for (text, want) in [
            ("/a%40b%2Fc%2fd", "/a@b/c/d"),
            ("%2540", "%2540"),
            ("%25%40", "%25@"),
            ("%20%C3%A9", "%20%C3%A9"),
            ("%4", "%4"),
            ("%%40%", "%@%"),
            ("%4\u{e9}", "%4\u{e9}"),
            ("%+40", "%+40"),
            ("", ""),
        ] {
            assert_eq!(unescaped(text, "@/"), want, "{text}");
        }
    }
}
