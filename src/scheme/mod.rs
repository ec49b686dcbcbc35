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
//! | which algorithm? | [`Scheme::hmac_sha256`] and its sisters, [`Scheme::ed25519`], [`Scheme::jwt`], [`Scheme::token`], [`Scheme::basic`] |
//! | where is a value? | [`header`], [`numbered_header`], [`query`], [`form`], [`json`], [`xml`], [`claim`], [`field`], [`all`], [`first`] |
//! | how is the signature written? | [`Place::prefix`], [`Place::pairs`], [`Place::hex`], … → [`Signature`] |
//! | what is signed, in which order? | [`Part`] |
//! | how does the secret become a key? | [`KeyForm`] |
//! | when was it signed? | [`Place::seconds`], [`Place::millis`], [`Place::rfc3339`] → [`TimestampRule`] |
//! | what is a token to say? | [`Jwt`] |
//! | what does the body hold? | [`Payload`], [`Batch`] |
//! | what else does the key sign, and for whom? | [`Scheme::key_also_signs`], [`Jwt::holds`], [`Scheme::belongs_to`] |

mod batch;
mod bound;
mod config;
mod delivering;
mod describe;
mod handshake;
mod jwt;
mod part;
mod place;
mod signature;

use std::time::Duration;

pub use self::{
    batch::Batch,
    handshake::{Handshake, Said, When},
    jwt::{Jwt, JwtAlgorithm},
    part::{BodyHash, HashEncoding, KeyForm, Part},
    place::{
        Place, TimestampRule, TimestampUnit, all, claim, field, first, form, header, json, json_integer,
        numbered_header, query, whole_body, xml,
    },
    signature::{Encoding, Signature},
};
pub(crate) use self::{bound::covers, jwt::JwtKey, part::Decode, place::Source, signature::Grammar};

/// How a request proves who sent it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Proof {
    Hmac(Hash),
    /// A plain digest of a message with the secret in it.
    Digest(Hash),
    /// A signature by the provider's private key.
    Public(PublicAlgorithm),
    Jwt(&'static Jwt),
    /// What the words do not say.
    Code(Code),
    /// The secret itself travels with the request.
    Token,
    /// `user:password` travels as RFC 7617 says.
    Basic,
}

impl Proof {
    /// Whether what is signed are the scheme's parts.
    pub(crate) const fn signs_parts(self) -> bool {
        matches!(self, Self::Hmac(_) | Self::Digest(_) | Self::Public(_))
    }

    /// Whether the sender shows that it has the secret without sending it.
    pub(crate) const fn signs(self) -> bool {
        !matches!(self, Self::Token | Self::Basic)
    }
}

/// A hash under an HMAC or over a message with the secret in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    /// As Ethereum has it: not SHA-3.
    Keccak256,
}

/// What a public key verifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PublicAlgorithm {
    Ed25519,
    /// With signatures in DER.
    EcdsaP256,
    /// With signatures of 64 bytes.
    EcdsaP256Fixed,
    RsaSha1,
    RsaSha256,
    RsaSha384,
    RsaSha512,
    RsaPssSha512,
}

impl PublicAlgorithm {
    pub(crate) const fn is_rsa(self) -> bool {
        !matches!(self, Self::Ed25519 | Self::EcdsaP256 | Self::EcdsaP256Fixed)
    }

    /// The feature that is needed and off.
    pub(crate) const fn missing_feature(self) -> Option<&'static str> {
        match self {
            Self::Ed25519 if !cfg!(feature = "ed25519") => Some("ed25519"),
            Self::EcdsaP256 | Self::EcdsaP256Fixed if !cfg!(feature = "ecdsa") => Some("ecdsa"),
            other if other.is_rsa() && !cfg!(feature = "rsa") => Some("rsa"),
            _ => None,
        }
    }
}

/// Where a request names its key.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(feature = "keys"), allow(dead_code))]
pub(crate) struct KeyName {
    pub(crate) place: Place,
    /// Patterns of the URLs that may be looked up; none where it is a name.
    pub(crate) urls: &'static [&'static str],
}

/// Schemes that sign what no list of parts describes: each is a module of `verify::code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Adyen,
    AppleJws,
    AwsSns,
    Cavage,
    Contentful,
    Hook0,
    /// RFC 9421, with the algorithm that was agreed on.
    MessageSignatures(MessageAlgorithm),
    PlivoV3,
    Twilio,
}

/// An algorithm of RFC 9421 section 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MessageAlgorithm {
    HmacSha256,
    Public(PublicAlgorithm),
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
    /// The claims of a token (JSON), which is all of the body or a value in it.
    Claims,
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
    pub(crate) or_signs: &'static [&'static [Part]],
    pub(crate) key: KeyForm,
    pub(crate) key_name: Option<KeyName>,
    pub(crate) least_secret: usize,
    pub(crate) timestamp: Option<TimestampRule>,
    pub(crate) id: Option<Place>,
    pub(crate) event_type: Option<Place>,
    pub(crate) requires: &'static [(&'static str, &'static str)],
    pub(crate) key_also_signs: &'static [&'static str],
    pub(crate) belongs_to: Option<(Place, &'static str)>,
    pub(crate) methods: &'static [&'static str],
    pub(crate) payload: Payload,
    pub(crate) batch: Option<Batch>,
    pub(crate) retries_for: Duration,
    pub(crate) named_by_body: bool,
    pub(crate) repeats_across_types: bool,
    pub(crate) repeats: bool,
    pub(crate) handshakes: &'static [Handshake],
    pub(crate) acknowledged: Option<(u16, &'static str)>,
}

impl Scheme {
    const fn new(name: &'static str, proof: Proof) -> Self {
        Self {
            name,
            proof,
            signature: None,
            more_signatures: &[],
            signs: &[],
            or_signs: &[],
            key: KeyForm::UTF8,
            key_name: None,
            least_secret: 16,
            timestamp: None,
            id: None,
            event_type: None,
            requires: &[],
            key_also_signs: &[],
            belongs_to: None,
            methods: &["POST"],
            payload: Payload::Json,
            batch: None,
            retries_for: Duration::from_secs(3 * 24 * 60 * 60),
            named_by_body: false,
            repeats_across_types: false,
            repeats: false,
            handshakes: &[],
            acknowledged: None,
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

    /// HMAC-MD5, for one provider that still offers it. Needs the feature `md5`.
    pub const fn hmac_md5(name: &'static str) -> Self {
        Self::new(name, Proof::Hmac(Hash::Md5))
    }

    /// A plain SHA-256 of a message that has the secret in it ([`Part::Secret`]).
    pub const fn digest_sha256(name: &'static str) -> Self {
        Self::new(name, Proof::Digest(Hash::Sha256))
    }

    /// A plain SHA-1 of a message that has the secret in it. Needs the feature `sha1`.
    pub const fn digest_sha1(name: &'static str) -> Self {
        Self::new(name, Proof::Digest(Hash::Sha1))
    }

    /// A plain MD5 of a message that has the secret in it. Needs the feature `md5`.
    pub const fn digest_md5(name: &'static str) -> Self {
        Self::new(name, Proof::Digest(Hash::Md5))
    }

    /// A plain Keccak-256 of a message that has the secret in it. Needs the feature `keccak`.
    pub const fn digest_keccak256(name: &'static str) -> Self {
        Self::new(name, Proof::Digest(Hash::Keccak256))
    }

    /// Ed25519 (RFC 8032), verified strictly. Needs the feature `ed25519`.
    pub const fn ed25519(name: &'static str) -> Self {
        Self::new(name, Proof::Public(PublicAlgorithm::Ed25519))
    }

    /// ECDSA on P-256 with SHA-256 (FIPS 186-5), signatures in DER. Needs the feature `ecdsa`.
    pub const fn ecdsa_p256(name: &'static str) -> Self {
        Self::new(name, Proof::Public(PublicAlgorithm::EcdsaP256))
    }

    /// ECDSA on P-256 with SHA-256, signatures of 64 bytes. Needs the feature `ecdsa`.
    pub const fn ecdsa_p256_fixed(name: &'static str) -> Self {
        Self::new(name, Proof::Public(PublicAlgorithm::EcdsaP256Fixed))
    }

    /// RSA PKCS#1 v1.5 (RFC 8017) with SHA-256. Needs the feature `rsa`.
    pub const fn rsa_sha256(name: &'static str) -> Self {
        Self::new(name, Proof::Public(PublicAlgorithm::RsaSha256))
    }

    /// RSA PKCS#1 v1.5 with SHA-512. Needs the feature `rsa`.
    pub const fn rsa_sha512(name: &'static str) -> Self {
        Self::new(name, Proof::Public(PublicAlgorithm::RsaSha512))
    }

    /// RSA PKCS#1 v1.5 with SHA-1, for providers that offer nothing better. Needs the feature `rsa`.
    pub const fn rsa_sha1(name: &'static str) -> Self {
        Self::new(name, Proof::Public(PublicAlgorithm::RsaSha1))
    }

    /// A JSON web token that says what it covers.
    pub const fn jwt(name: &'static str, rule: &'static Jwt) -> Self {
        Self::new(name, Proof::Jwt(rule))
    }

    pub(crate) const fn code(name: &'static str, code: Code) -> Self {
        Self::new(name, Proof::Code(code))
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

    /// What is signed, in order. Between two values that may be of any length there has to be something else.
    pub const fn signs(mut self, parts: &'static [Part]) -> Self {
        self.signs = parts;
        self
    }

    /// Other messages that may be signed instead, tried in order, for providers whose own libraries do.
    pub const fn or_signs(mut self, messages: &'static [&'static [Part]]) -> Self {
        self.or_signs = messages;
        self
    }

    /// How the secret's text becomes key bytes. Default: its UTF-8 bytes.
    pub const fn key(mut self, key: KeyForm) -> Self {
        self.key = key;
        self
    }

    /// Where the request names the public key that it is signed with. Default: nowhere, but for tokens, which
    /// do so by `kid`.
    pub const fn key_named(mut self, place: Place) -> Self {
        self.key_name = Some(KeyName { place, urls: &[] });
        self
    }

    /// Where the request gives the URL of the key or certificate that it is signed with. Only URLs that one
    /// of these patterns allows are ever looked up. In the host `*` stands for small letters and hyphens, `#` for
    /// digits; in the path `*` stands for letters, digits, hyphens, dots and underscores.
    pub const fn key_at(mut self, place: Place, urls: &'static [&'static str]) -> Self {
        self.key_name = Some(KeyName { place, urls });
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

    /// A delivery may carry several events. Default: it is one.
    pub const fn batch(mut self, batch: Batch) -> Self {
        self.batch = Some(batch);
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
