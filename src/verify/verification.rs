//! One request on its way to becoming a [`Delivery`].

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};
use smallvec::SmallVec;

use super::{
    KeyRing, Rules,
    grammar::{self, Candidates},
    identify,
    keys::Keys,
    message::{Piece, Values, place_is_in_head},
    timestamp,
};
use crate::{
    clock::UnixTime,
    crypto::{Mac, Sha256Sum, Tag, matches_any, sha256},
    delivery::{Content, Delivery},
    error::{Reason, VerifyError},
    headers::{Field, Head},
    scheme::{Part, Signature, Source},
};

/// A verification under way: the head has been judged, the body is arriving.
///
/// Made by [`Verifier::begin`](super::Verifier::begin). It keeps the chunks it is given, so that
/// what is verified is what the [`Delivery`] holds.
pub struct Verification<'a> {
    rules: &'a Rules,
    ring: &'a KeyRing,
    head: Head<'a>,
    candidates: Candidates,
    signature: Option<(&'a Signature, &'a [u8])>,
    signed_at: Option<UnixTime>,
    timestamp: Option<Cow<'a, [u8]>>,
    id: Option<Cow<'a, [u8]>>,
    macs: SmallVec<[Mac; 2]>,
    content: Option<Sha256Sum>,
    body: Collected,
}

/// A body as it arrived: not copied while it is one chunk.
enum Collected {
    One(Bytes),
    Many(BytesMut),
}

impl std::fmt::Debug for Verification<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verification").field("scheme", &self.rules.scheme.name).finish_non_exhaustive()
    }
}

impl<'a> Verification<'a> {
    pub(super) fn begin(
        rules: &'a Rules,
        ring: &'a KeyRing,
        head: Head<'a>,
        now: UnixTime,
    ) -> Result<Self, Reason> {
        check_head(rules, head)?;
        let mut this = Self {
            rules,
            ring,
            head,
            candidates: Candidates::new(),
            signature: None,
            signed_at: None,
            timestamp: None,
            id: None,
            macs: SmallVec::new(),
            content: None,
            body: Collected::One(Bytes::new()),
        };
        this.read_signatures()?;
        if rules.timestamp_in_head {
            this.read_timestamp(None, now)?;
        }
        if rules.id_in_head {
            this.read_id(None)?;
        }
        if rules.streams {
            this.start()?;
        }
        Ok(this)
    }

    /// Takes the next bytes of the body, and hashes them where the scheme allows it.
    pub fn update(&mut self, chunk: Bytes) {
        if self.rules.streams {
            self.hash(Piece::Bytes(&chunk));
        }
        self.body.push(chunk);
    }

    /// The number of body bytes so far.
    pub fn len(&self) -> usize {
        self.body.as_slice().len()
    }

    /// Whether no body bytes have come yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Judges the signature, and the timestamp once more: `now` is when the body was complete.
    ///
    /// # Errors
    ///
    /// The request is no authentic, fresh delivery.
    pub fn finish(mut self, now: UnixTime) -> Result<Delivery, VerifyError> {
        let body = std::mem::replace(&mut self.body, Collected::One(Bytes::new())).into_bytes();
        let (key, tag) = self.judge(&body, now)?;
        let content = match self.content.take() {
            Some(sum) => Content::Sha256(sum.finish()),
            // Nothing is signed: what tells deliveries apart is the body.
            None if matches!(self.ring.keys, Keys::Token(_)) => Content::Sha256(sha256(&body)),
            None => Content::Mac(SmallVec::from_slice(tag.as_bytes())),
        };
        let found = identify::identify(self.rules, self.head, self.signature, self.id.as_deref(), &body);
        Ok(Delivery {
            provider: self.rules.scheme.name,
            id: found.id,
            event_type: found.event_type,
            timestamp: self.signed_at,
            key,
            bound: self.rules.bound,
            content,
            body,
            payload: found.payload,
            tenant: None,
            attempt: None,
        })
    }

    /// Which secret signed this, and the tag it made.
    fn judge(&mut self, body: &[u8], now: UnixTime) -> Result<(usize, Tag), Reason> {
        let rules = self.rules;
        if rules.signature_in_body {
            self.read_signatures_in_body(body)?;
        }
        if rules.timestamp_in_head {
            self.judge_timestamp(now)?;
        } else {
            self.read_timestamp(Some(body), now)?;
        }
        if !rules.id_in_head {
            self.read_id(Some(body))?;
        }
        if rules.streams {
            self.feed(rules.tail, Some(body))?;
        } else {
            self.start()?;
            self.feed(rules.scheme.signs, Some(body))?;
        }
        let mut matched = None;
        match &self.ring.keys {
            Keys::Mac(_) => {
                for (key, mac) in self.macs.drain(..).enumerate() {
                    let tag = mac.finish();
                    if matches_any(&tag, &self.candidates) && matched.is_none() {
                        matched = Some((key, tag));
                    }
                }
            }
            Keys::Token(tags) => {
                for (key, tag) in tags.iter().enumerate() {
                    if matches_any(tag, &self.candidates) && matched.is_none() {
                        matched = Some((key, *tag));
                    }
                }
            }
        }
        matched.ok_or(Reason::SignatureMismatch)
    }

    fn values<'v>(&'v self, body: Option<&'v [u8]>) -> Values<'v> {
        Values {
            rules: self.rules,
            head: self.head,
            signature: self.signature,
            timestamp: self.timestamp.as_deref(),
            id: self.id.as_deref(),
            body,
        }
    }

    fn read_signatures(&mut self) -> Result<(), Reason> {
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

    fn read_signatures_in_body(&mut self, body: &[u8]) -> Result<(), Reason> {
        let mut seen = self.candidates.len();
        for form in self.rules.scheme.signatures().filter(|form| !place_is_in_head(form.place)) {
            if let Some(value) = self.values(Some(body)).place(form.place)?.map(Cow::into_owned) {
                seen += self.read_signature(form, &value)?;
            }
        }
        match self.candidates.is_empty() {
            true if seen == 0 => Err(Reason::SignatureMissing),
            true => Err(Reason::SignatureMalformed),
            false => Ok(()),
        }
    }

    fn read_signature(&mut self, form: &Signature, value: &[u8]) -> Result<usize, Reason> {
        let seen = grammar::read(form, self.rules.scheme.proof, value, &mut self.candidates)?;
        match self.candidates.len() <= grammar::MOST_CANDIDATES {
            true => Ok(seen),
            false => Err(Reason::TooManySignatures),
        }
    }

    fn check_candidates(&self, seen: usize) -> Result<(), Reason> {
        match self.candidates.is_empty() && !self.rules.signature_in_body {
            true if seen == 0 => Err(Reason::SignatureMissing),
            true => Err(Reason::SignatureMalformed),
            false => Ok(()),
        }
    }

    fn read_timestamp(&mut self, body: Option<&[u8]>, now: UnixTime) -> Result<(), Reason> {
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

    fn judge_timestamp(&self, now: UnixTime) -> Result<(), Reason> {
        match (self.signed_at, self.rules.tolerance) {
            (Some(signed_at), Some(tolerance)) => timestamp::judge(signed_at, now, tolerance),
            _ => Ok(()),
        }
    }

    /// Reads the id where it is a part of the message by that name: then it must be there.
    fn read_id(&mut self, body: Option<&[u8]>) -> Result<(), Reason> {
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
    fn head_values(&self) -> Values<'a> {
        Values {
            rules: self.rules,
            head: self.head,
            signature: self.signature,
            timestamp: None,
            id: None,
            body: None,
        }
    }

    /// Starts the MACs and, where the message begins with what is in the head, feeds that.
    fn start(&mut self) -> Result<(), Reason> {
        if let Keys::Mac(keys) = &self.ring.keys {
            self.macs.extend(keys.iter().map(crate::crypto::MacKey::start));
        }
        if self.rules.digests_content {
            self.content = Some(Sha256Sum::default());
        }
        match self.rules.streams {
            true => self.feed(self.rules.lead, None),
            false => Ok(()),
        }
    }

    fn feed(&mut self, parts: &'static [Part], body: Option<&[u8]>) -> Result<(), Reason> {
        let (mut macs, mut content) = (std::mem::take(&mut self.macs), self.content.take());
        let values = self.values(body);
        let fed = self.rules.check_delimiters(&values).and_then(|()| {
            values.feed(parts, &mut |piece| hash(&mut macs, content.as_mut(), &self.ring.texts, piece))
        });
        (self.macs, self.content) = (macs, content);
        fed
    }

    fn hash(&mut self, piece: Piece<'_>) {
        hash(&mut self.macs, self.content.as_mut(), &self.ring.texts, piece);
    }
}

/// Everything about the head that needs no secret.
fn check_head(rules: &Rules, head: Head<'_>) -> Result<(), Reason> {
    if !rules.scheme.methods.contains(&head.method()) {
        return Err(Reason::MethodNotAllowed);
    }
    let plain = match head.field("content-encoding") {
        Field::Absent => true,
        Field::One(coding) => coding.eq_ignore_ascii_case(b"identity"),
        Field::Conflicting => false,
    };
    if !plain && !rules.any_content_encoding {
        return Err(Reason::ContentEncoding);
    }
    let meets = |(name, value): &(&str, &str)| head.field(name) == Field::One(value.as_bytes());
    if !rules.scheme.requires.iter().all(meets) {
        return Err(Reason::RequiredHeader);
    }
    Ok(())
}

fn hash(macs: &mut [Mac], content: Option<&mut Sha256Sum>, texts: &[crate::Secret], piece: Piece<'_>) {
    match piece {
        Piece::Bytes(bytes) => {
            macs.iter_mut().for_each(|mac| mac.update(bytes));
            if let Some(content) = content {
                content.update(bytes);
            }
        }
        Piece::Secret => {
            macs.iter_mut().zip(texts).for_each(|(mac, secret)| mac.update(secret.text().as_bytes()))
        }
    }
}

impl Collected {
    fn push(&mut self, chunk: Bytes) {
        match self {
            _ if chunk.is_empty() => {}
            Self::One(first) if first.is_empty() => *first = chunk,
            Self::One(first) => {
                // Copied from here on: a chunk may keep a far larger read buffer alive.
                let mut joined = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                joined.extend_from_slice(first);
                joined.extend_from_slice(&chunk);
                *self = Self::Many(joined);
            }
            Self::Many(joined) => joined.extend_from_slice(&chunk),
        }
    }

    fn as_slice(&self) -> &[u8] {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes,
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}
