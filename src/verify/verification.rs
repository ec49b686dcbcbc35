//! One request on its way to becoming a [`Delivery`].

use std::{
    borrow::Cow,
    mem,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use zeroize::Zeroizing;

use super::{
    KeyRing, Rules, code,
    collected::Collected,
    grammar::Candidates,
    hashing::{Hashing, feed},
    identify, jwt,
    keys::Keys,
    message::{Piece, Values},
    reading::check_head,
};
use crate::{
    clock::UnixTime,
    crypto::{MacKey, Search, Sha256Sum, Tag, digest, sha256},
    delivery::{Content, Delivery, Guard, Identify, Text},
    error::{Reason, VerifyError},
    headers::{Fields, Head},
    scheme::{Part, Place, Proof, Signature},
    secret::Secret,
};

/// A verification under way: the head has been judged, the body is arriving.
///
/// Made by [`Verifier::begin`](super::Verifier::begin). It keeps the chunks it is given, so that
/// what is verified is what the [`Delivery`] holds.
#[must_use = "nothing is verified before `finish`"]
pub struct Verification<'a> {
    pub(super) rules: &'a Arc<Rules>,
    pub(super) ring: &'a KeyRing,
    pub(super) fields: Fields<'a>,
    pub(super) candidates: Candidates,
    pub(super) signature: Option<(&'a Signature, &'a [u8])>,
    pub(super) signed_at: Option<UnixTime>,
    pub(super) timestamp: Option<Cow<'a, [u8]>>,
    /// Where it is a part of the message by that name.
    pub(super) id: Option<Text>,
    pub(super) body: Collected,
    /// Running since a second chunk came: a body in one piece is hashed in one go at the end.
    pub(super) hashing: Option<Box<Hashing>>,
}

/// What verification found out.
pub(crate) struct Judged {
    pub(crate) key: usize,
    /// What tells this content from any other.
    pub(crate) content: Content,
    pub(crate) signed_at: Option<UnixTime>,
    /// What the verified token says, in JSON.
    pub(crate) claims: Option<Bytes>,
}

impl Judged {
    pub(crate) fn new(key: usize, content: Content) -> Self {
        Self { key, content, signed_at: None, claims: None }
    }
}

impl std::fmt::Debug for Verification<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verification").field("scheme", &self.rules.scheme.name).finish_non_exhaustive()
    }
}

impl<'a> Verification<'a> {
    pub(crate) fn new(rules: &'a Arc<Rules>, ring: &'a KeyRing, head: Head<'a>) -> Self {
        Self {
            rules,
            ring,
            fields: rules.fields(head),
            candidates: Candidates::default(),
            signature: None,
            signed_at: None,
            timestamp: None,
            id: None,
            body: Collected::One(Bytes::new()),
            hashing: None,
        }
    }

    /// Judges the head.
    pub(crate) fn open(&mut self, now: UnixTime) -> Result<(), Reason> {
        check_head(self.rules, &self.fields)?;
        self.read_signatures()?;
        if self.rules.timestamp_in_head {
            self.read_timestamp(None, now)?;
        }
        if self.rules.id_in_head {
            self.read_id(None)?;
        }
        match self.rules.streams {
            true => self.rules.check_delimiters(&self.values(None)),
            false => Ok(()),
        }
    }

    /// Takes the next bytes of the body. From the second chunk on they are hashed as they come,
    /// where the scheme allows it.
    pub fn update(&mut self, chunk: Bytes) {
        if self.rules.streams && !chunk.is_empty() && !self.is_empty() {
            let mut hashing = self.hashing.take().or_else(|| self.start_hashing());
            if let Some(hashing) = &mut hashing {
                hashing.feed(self.ring, Piece::Bytes(&chunk));
            }
            self.hashing = hashing;
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
        self.conclude(now)
    }

    /// Judges the whole. Nothing is left to do after. The delivery is made as it is wanted, boxed or not, since it is
    /// large to move.
    pub(crate) fn conclude<T: From<Delivery>, E: From<Reason>>(&mut self, now: UnixTime) -> Result<T, E> {
        let body = mem::replace(&mut self.body, Collected::One(Bytes::new())).into_bytes();
        let Judged { key, content, signed_at, claims } = self.judge(&body, now)?;
        if self.rules.scheme.is_other_text(&body) {
            return Err(Reason::OtherText.into());
        }
        if let Some((place, name)) = self.rules.scheme.belongs_to {
            self.check_owner(place, name, &body)?;
        }
        let places = identify::Request {
            rules: self.rules,
            fields: &self.fields,
            signature: self.signature,
            signed_id: self.id.take(),
            body: &body,
            claims: claims.as_ref(),
        };
        let found = identify::identify(places);
        let content = match self.rules.scheme.named_by_body {
            true => Content::Sha256(sha256(&body)),
            false => content,
        };
        let content = match self.rules.digests_later {
            // It gets its type then.
            true => content,
            false => self.rules.with_type(content, found.event_type.as_ref()),
        };
        let delivery = Delivery {
            provider: self.rules.scheme.name,
            id: found.id,
            event_type: found.event_type,
            in_body: OnceLock::new(),
            identify: Arc::clone(self.rules) as Arc<dyn Identify>,
            timestamp: self.signed_at.or(signed_at),
            key,
            bound: self.rules.bound,
            signed: self.rules.scheme.proof.signs(),
            content,
            body,
            payload: found.payload,
            tenant: None,
            attempt: None,
            guard: Guard::None,
            #[cfg(feature = "receiver")]
            run: None,
        };
        Ok(delivery.into())
    }

    /// Whether the delivery is of one of those that are configured.
    #[cold]
    fn check_owner(&self, place: Place, name: &str, body: &[u8]) -> Result<(), Reason> {
        let Some(ours) = self.rules.config_value(name) else { return Ok(()) };
        let owner = self.values(Some(body)).place(place)?.filter(|owner| !owner.is_empty());
        let is_ours = |owner: &[u8]| ours.split([' ', ',']).any(|one| one.as_bytes() == owner);
        match owner.is_some_and(|owner| is_ours(&owner)) {
            true => Ok(()),
            false => Err(Reason::ClaimMismatch),
        }
    }

    /// Which secret signed this, and what tells its content from any other.
    fn judge(&mut self, body: &[u8], now: UnixTime) -> Result<Judged, Reason> {
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
        if !rules.streams {
            rules.check_delimiters(&self.values(Some(body)))?;
        }
        let mut search = Search::new();
        let mut judge = |key: usize, tag: Tag| search.try_key(key, &tag, &self.candidates.tags);
        let mut sum = None;
        let hashing = self.hashing.take();
        match (&self.ring.keys, hashing) {
            (Keys::Token(_) | Keys::Mac(_), _) if matches!(rules.scheme.proof, Proof::Code(_)) => {
                return self.judge_otherwise(body, now);
            }
            (Keys::Token(tags), _) => {
                tags.iter().enumerate().for_each(|(key, tag)| judge(key, *tag));
                // Nothing is signed: what tells deliveries apart is the body.
                sum = Some(sha256(body));
            }
            (Keys::Mac(_), Some(mut hashing)) => {
                self.values(Some(body)).feed(rules.tail, &mut |piece| hashing.feed(self.ring, piece))?;
                hashing.macs.into_iter().enumerate().for_each(|(key, mac)| judge(key, mac.finish()));
                sum = hashing.content.map(Sha256Sum::finish);
            }
            (Keys::Mac(keys), None) => {
                let values = self.values(Some(body));
                for (index, key) in keys.iter().enumerate() {
                    let mut mac = key.start();
                    values.feed(rules.scheme.signs, &mut |piece| feed(&mut mac, self.ring, index, piece))?;
                    judge(index, mac.finish());
                }
                if !rules.scheme.or_signs.is_empty() {
                    self.try_others(keys, body, &mut search);
                }
            }
            _ => return self.judge_otherwise(body, now),
        }
        let (found, tag) = search.found().ok_or(Reason::SignatureMismatch)?;
        let content = sum.map_or_else(|| Content::Mac(tag), Content::Sha256);
        match rules.looks_further {
            false => Ok(Judged::new(found, content)),
            true => self.look_further(found, content, body),
        }
    }

    /// Tries the other messages. Their numbers go on where those of the keys end, all keys for each.
    #[cold]
    fn try_others(&self, keys: &[MacKey], body: &[u8], search: &mut Search) {
        let values = self.values(Some(body));
        for (place, parts) in self.rules.scheme.messages().enumerate().skip(1) {
            for (index, key) in keys.iter().enumerate() {
                let mut mac = key.start();
                // One that this request has not all parts of is not the one that was signed.
                if values.feed(parts, &mut |piece| feed(&mut mac, self.ring, index, piece)).is_ok() {
                    search.try_key(place * keys.len() + index, &mac.finish(), &self.candidates.tags);
                }
            }
        }
    }

    /// What else there is to find out where a MAC matched: the key and the message of this number, and more of that.
    #[cold]
    fn look_further(&self, number: usize, content: Content, body: &[u8]) -> Result<Judged, Reason> {
        let (rules, scheme) = (self.rules, &self.rules.scheme);
        let keys = match &self.ring.keys {
            Keys::Mac(keys) => keys.len().max(1),
            Keys::Token(tags) => tags.len().max(1),
            _ => 1,
        };
        let signed = scheme.messages().nth(number / keys).unwrap_or(scheme.signs);
        if rules.macs_challenges {
            let message = self.message(signed, body)?;
            if scheme.handshakes.iter().any(|handshake| handshake.macs(&message)) {
                return Err(Reason::SignatureMismatch);
            }
        }
        let content = match content {
            Content::Mac(_) if rules.digests_content => Content::Sha256(self.content(signed, body)?),
            content => content,
        };
        Ok(Judged::new(number % keys, content))
    }

    /// The digest of a message, without the secret in it.
    fn content(&self, parts: &[Part], body: &[u8]) -> Result<[u8; 32], Reason> {
        let mut content = Sha256Sum::default();
        self.values(Some(body)).feed(parts, &mut |piece| content.feed(piece))?;
        Ok(content.finish())
    }

    /// [`judge`](Self::judge) where it is neither a MAC over parts nor a token that is compared.
    #[cold]
    fn judge_otherwise(&self, body: &[u8], now: UnixTime) -> Result<Judged, Reason> {
        let rules = self.rules;
        let request = code::Request {
            rules,
            head: self.fields.head,
            candidates: &self.candidates,
            values: self.values(Some(body)),
            body,
            now,
        };
        match (rules.scheme.proof, &self.ring.keys) {
            (_, Keys::Jwt(keys)) => jwt::judge(&request, keys),
            (Proof::Code(which), keys) => code::judge(which, &request, keys),
            (_, Keys::Public(keys)) => {
                let message = self.message(rules.scheme.signs, body)?;
                let key = request.matching(keys, &message)?;
                Ok(Judged::new(key, Content::Sha256(sha256(&message))))
            }
            (_, Keys::Text(hash)) => {
                let mut search = Search::new();
                for (index, secret) in self.ring.texts.iter().enumerate() {
                    let message = self.digested(secret, body)?;
                    let tag = digest(*hash, &message).ok_or(Reason::NoUsableKey)?;
                    search.try_key(index, &tag, &self.candidates.tags);
                }
                let (key, tag) = search.found().ok_or(Reason::SignatureMismatch)?;
                let content = match rules.digests_content {
                    true => Content::Sha256(self.content(rules.scheme.signs, body)?),
                    false => Content::Mac(tag),
                };
                Ok(Judged::new(key, content))
            }
            _ => Err(Reason::NoUsableKey),
        }
    }

    /// The signed message in one piece, for signatures by private keys. The body alone is not copied.
    fn message<'b>(&self, parts: &[Part], body: &'b [u8]) -> Result<Cow<'b, [u8]>, Reason> {
        if *parts == [Part::Body] {
            return Ok(Cow::Borrowed(body));
        }
        let mut message = Vec::new();
        self.values(Some(body)).feed(parts, &mut |piece| {
            if let Piece::Bytes(bytes) = piece {
                message.extend_from_slice(bytes);
            }
        })?;
        Ok(Cow::Owned(message))
    }

    /// The message with the secret in it.
    fn digested(&self, secret: &Secret, body: &[u8]) -> Result<Zeroizing<Vec<u8>>, Reason> {
        let mut message = Zeroizing::new(Vec::with_capacity(body.len() + 256));
        let text = secret.expose().as_bytes();
        let values = Values { secret: Some(text), ..self.values(Some(body)) };
        values.feed(self.rules.scheme.signs, &mut |piece| match piece {
            Piece::Bytes(bytes) => message.extend_from_slice(bytes),
            Piece::Secret => message.extend_from_slice(text),
        })?;
        Ok(message)
    }

    /// Starts the MACs with everything that is before the next chunk.
    fn start_hashing(&self) -> Option<Box<Hashing>> {
        let Keys::Mac(keys) = &self.ring.keys else { return None };
        let mut hashing = Box::new(Hashing {
            macs: keys.iter().map(MacKey::start).collect(),
            content: self.rules.digests_content.then(Sha256Sum::default),
        });
        let lead = self.values(None).feed(self.rules.lead, &mut |piece| hashing.feed(self.ring, piece));
        // What is missing from the head is said at the end, where all of it is fed.
        lead.is_ok().then(|| {
            hashing.feed(self.ring, Piece::Bytes(self.body.as_slice()));
            hashing
        })
    }

    /// Judges with these keys instead.
    #[cfg(feature = "keys")]
    pub(crate) fn with_keys(&mut self, ring: &'a KeyRing) {
        self.ring = ring;
    }

    #[cfg(feature = "keys")]
    pub(super) fn rules(&self) -> &'a Rules {
        self.rules
    }

    #[cfg(feature = "receiver")]
    pub(crate) fn content_length(&self) -> crate::headers::Field<'a> {
        self.fields.get(super::rules::CONTENT_LENGTH)
    }

    #[cfg(feature = "receiver")]
    pub(crate) fn body_so_far(&self) -> &[u8] {
        self.body.as_slice()
    }

    /// The one token of this request.
    #[cfg(feature = "keys")]
    pub(super) fn token(&mut self) -> Result<Vec<u8>, Reason> {
        if self.candidates.len() == 0 {
            // A head without one is refused unless it may be in the body.
            let body = Bytes::copy_from_slice(self.body.as_slice());
            let mut seen = Candidates::default();
            for form in self.rules.scheme.signatures() {
                if let Some(value) = self.values(Some(&body)).place(form.place)? {
                    super::grammar::read(form, self.rules.scheme.proof, &value, &mut seen)?;
                }
            }
            return seen.long.pop().ok_or(Reason::SignatureMissing);
        }
        self.candidates.long.first().cloned().ok_or(Reason::SignatureMissing)
    }

    pub(super) fn values<'v>(&'v self, body: Option<&'v [u8]>) -> Values<'v> {
        Values {
            rules: self.rules,
            fields: &self.fields,
            signature: self.signature,
            timestamp: self.timestamp.as_deref(),
            id: self.id.as_ref().map(Text::as_bytes),
            body,
            secret: None,
        }
    }
}
