//! The words in which a provider is described: data, no logic.
//!
//! A [`Scheme`] says how one provider signs. It is built in const context, from the same words for
//! the providers in [`providers`](crate::providers) and for your own:
//!
//! ```
//! use hookgate::scheme::{Part::{Body, Lit, Timestamp}, Scheme, header, json};
//!
//! const ACME: Scheme = Scheme::hmac_sha256("acme")
//!     .signature(header("x-acme-signature").prefix("v1=").hex())
//!     .signs(&[Timestamp, Lit("."), Body])
//!     .timestamp(header("x-acme-timestamp").seconds())
//!     .id(json("/id"))
//!     .event_type(json("/type"));
//!
//! assert!(ACME.bound().timestamp);
//! ```
//!
//! | question | words |
//! |---|---|
//! | which algorithm? | [`Scheme::hmac_sha256`] and its sisters, [`Scheme::token`], [`Scheme::basic`] |
//! | where is a value? | [`header`], [`numbered_header`], [`query`], [`form`], [`json`], [`field`], [`all`], [`first`] |
//! | how is the signature written? | [`Place::prefix`], [`Place::pairs`], [`Place::hex`], … → [`Signature`] |
//! | what is signed, in which order? | [`Part`] |
//! | how does the secret become a key? | [`KeyForm`] |
//! | when was it signed? | [`Place::seconds`], [`Place::millis`], [`Place::rfc3339`] → [`TimestampRule`] |
//! | what does the body hold? | [`Payload`] |

mod bound;
mod part;
mod place;
mod signature;

use std::time::Duration;

pub(crate) use self::{part::Decode, place::Source, signature::Grammar};
pub use self::{
    part::{BodyHash, HashEncoding, KeyForm, Part},
    place::{
        Place, TimestampRule, TimestampUnit, all, field, first, form, header, json, json_integer,
        numbered_header, query,
    },
    signature::{Encoding, Signature},
};

/// How a request proves who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Hmac(Hash),
    /// The secret itself travels with the request.
    Token,
    /// `user:password` travels as RFC 7617 says.
    Basic,
}

/// The hash under an HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// What a body holds once it is verified, and so how events are read from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload {
    /// JSON.
    Json,
    /// JSON, or a form whose field of this name holds the JSON.
    JsonOrFormField(&'static str),
    /// JSON, or a form whose field of this name holds the JSON, or any other form.
    JsonOrForm(&'static str),
    /// A form.
    Form,
}

/// How one provider signs its deliveries.
///
/// The defaults: `POST` only, key = the secret's UTF-8 bytes, at least 16 bytes of secret, JSON
/// payload, no timestamp, no event id (then the digest of the signed bytes stands in), retries for
/// up to three days.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    pub(crate) name: &'static str,
    pub(crate) proof: Proof,
    pub(crate) signature: Option<Signature>,
    pub(crate) more_signatures: &'static [Signature],
    pub(crate) signs: &'static [Part],
    pub(crate) key: KeyForm,
    pub(crate) least_secret: usize,
    pub(crate) timestamp: Option<TimestampRule>,
    pub(crate) id: Option<Place>,
    pub(crate) event_type: Option<Place>,
    pub(crate) requires: &'static [(&'static str, &'static str)],
    pub(crate) methods: &'static [&'static str],
    pub(crate) payload: Payload,
    pub(crate) retries_for: Duration,
}

impl Scheme {
    const fn new(name: &'static str, proof: Proof) -> Self {
        Self {
            name,
            proof,
            signature: None,
            more_signatures: &[],
            signs: &[],
            key: KeyForm::UTF8,
            least_secret: 16,
            timestamp: None,
            id: None,
            event_type: None,
            requires: &[],
            methods: &["POST"],
            payload: Payload::Json,
            retries_for: Duration::from_secs(3 * 24 * 60 * 60),
        }
    }

    /// HMAC-SHA-256 (RFC 2104, FIPS 180-4).
    pub const fn hmac_sha256(name: &'static str) -> Self {
        Self::new(name, Proof::Hmac(Hash::Sha256))
    }

    /// HMAC-SHA-384.
    pub const fn hmac_sha384(name: &'static str) -> Self {
        Self::new(name, Proof::Hmac(Hash::Sha384))
    }

    /// HMAC-SHA-512.
    pub const fn hmac_sha512(name: &'static str) -> Self {
        Self::new(name, Proof::Hmac(Hash::Sha512))
    }

    /// HMAC-SHA-1, for providers that offer nothing better. Needs the feature `sha1`.
    pub const fn hmac_sha1(name: &'static str) -> Self {
        Self::new(name, Proof::Hmac(Hash::Sha1))
    }

    /// A shared token that travels with each request. It says who sent a request, and binds nothing
    /// of it: whoever sees one request can make any other.
    pub const fn token(name: &'static str) -> Self {
        Self::new(name, Proof::Token)
    }

    /// HTTP Basic (RFC 7617) with the secret `user:password`. Binds nothing, like a token.
    pub const fn basic(name: &'static str) -> Self {
        Self::new(name, Proof::Basic).signature(header("authorization").prefix("Basic ").base64())
    }

    /// Where the signature is and how it is written.
    pub const fn signature(mut self, signature: Signature) -> Self {
        self.signature = Some(signature);
        self
    }

    /// Further places where the provider puts signatures of the same message, for example a second
    /// header during rotation. A request needs at least one of all.
    pub const fn or_signatures(mut self, more: &'static [Signature]) -> Self {
        self.more_signatures = more;
        self
    }

    /// What is signed, in order.
    pub const fn signs(mut self, parts: &'static [Part]) -> Self {
        self.signs = parts;
        self
    }

    /// How the secret's text becomes key bytes. Default: its UTF-8 bytes.
    pub const fn key(mut self, key: KeyForm) -> Self {
        self.key = key;
        self
    }

    /// The least number of key bytes. Default 16; lower it only where the provider's own secrets
    /// are shorter.
    pub const fn least_secret(mut self, bytes: usize) -> Self {
        self.least_secret = bytes;
        self
    }

    /// When the delivery was signed. Default: the scheme has no timestamp.
    pub const fn timestamp(mut self, timestamp: TimestampRule) -> Self {
        self.timestamp = Some(timestamp);
        self
    }

    /// Where the event id is. Default: nowhere.
    pub const fn id(mut self, place: Place) -> Self {
        self.id = Some(place);
        self
    }

    /// Where the event type is. Default: nowhere.
    pub const fn event_type(mut self, place: Place) -> Self {
        self.event_type = Some(place);
        self
    }

    /// Header fields (lower-case names) that must have exactly these values.
    pub const fn requires(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.requires = headers;
        self
    }

    /// The methods that the provider delivers with. Default `POST`.
    pub const fn methods(mut self, methods: &'static [&'static str]) -> Self {
        self.methods = methods;
        self
    }

    /// What the body holds. Default JSON.
    pub const fn payload(mut self, payload: Payload) -> Self {
        self.payload = payload;
        self
    }

    /// For how long the provider retries a delivery, in hours: done events are remembered for at
    /// least that. Default 72.
    pub const fn retries_for_hours(mut self, hours: u64) -> Self {
        self.retries_for = Duration::from_secs(hours.saturating_mul(3600));
        self
    }

    /// The provider's name, as in logs, metrics and store keys.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn signatures(&self) -> impl Iterator<Item = &Signature> {
        self.signature.iter().chain(self.more_signatures)
    }
}
