//! Reads a [`Scheme`] against a request: [`Verifier`], without I/O, clock or runtime.
//!
//! ```
//! use hookgate::{Head, UnixTime, Verifier, providers::Stripe};
//!
//! let verifier = Verifier::builder::<Stripe>().secret("whsec_test_0123456789abcdef0123456789abcdef").build()?;
//!
//! let headers = [(
//!     "Stripe-Signature",
//!     "t=1700000000,v1=e504adc55d54d344dc231b535d11b7576e3796d98de477776d885b213ca22f9a",
//! )];
//! let head = Head::new("POST", "/webhooks/stripe", &headers);
//! let now = UnixTime::from_secs(1_700_000_000);
//!
//! let delivery = verifier.verify(head, r#"{"id":"evt_1","type":"invoice.paid"}"#, now)?;
//! assert_eq!(delivery.id().map(|id| id.as_str()), Some("evt_1"));
//! assert!(delivery.id_is_signed());
//!
//! let forged = verifier.verify(head, r#"{"id":"evt_2","type":"invoice.paid"}"#, now);
//! assert!(forged.is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub(crate) mod code;
mod collected;
mod delimiters;
pub(crate) mod grammar;
mod hashing;
mod identify;
mod items;
pub(crate) mod jwt;
#[cfg(feature = "keys")]
mod key_id;
pub(crate) mod keys;
mod locate;
mod message;
mod pins;
mod problem;
mod reading;
mod rules;
mod timestamp;
mod verification;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;

#[cfg(feature = "keys")]
pub use self::key_id::KeyId;
#[cfg(feature = "testing")]
pub(crate) use self::message::{Piece, Values};
#[cfg(feature = "cli")]
pub(crate) use self::timestamp::parse as parse_time;
pub(crate) use self::{keys::KeyRing, rules::Rules};
pub use self::{rules::VerifierBuilder, verification::Verification};
use crate::{
    clock::UnixTime, delivery::Delivery, error::VerifyError, headers::Head, providers::Provider,
    scheme::Scheme,
};

/// A scheme, the secrets and the tolerance: turns requests into deliveries.
///
/// It does no I/O and asks no clock. It does not remember what it has seen: that is the `Receiver`'s
/// part (features `tower`, `axum`, `actix`), and without it a delivery can be sent again and again within the
/// tolerance.
pub struct Verifier {
    rules: Arc<Rules>,
    ring: KeyRing,
}

impl Verifier {
    /// A builder for deliveries of the provider `P`.
    pub fn builder<P: Provider>() -> VerifierBuilder {
        Self::builder_for(P::SCHEME)
    }

    /// A builder for deliveries of a scheme made at run time.
    pub fn builder_for(scheme: Scheme) -> VerifierBuilder {
        VerifierBuilder::new(scheme)
    }

    /// Judges the head of a request, before anything of its body is read.
    ///
    /// # Errors
    ///
    /// The request cannot be an authentic, fresh delivery, whatever its body is.
    pub fn begin<'a>(&'a self, head: Head<'a>, now: UnixTime) -> Result<Verification<'a>, VerifyError> {
        let mut verification = Verification::new(&self.rules, &self.ring, head);
        verification.open(now)?;
        Ok(verification)
    }

    /// Judges a whole request: [`begin`](Self::begin), [`Verification::update`] and
    /// [`Verification::finish`] in one call.
    ///
    /// Allocates nothing for HMAC-SHA-256 schemes with up to two candidate signatures, signed values
    /// in headers of up to 40 bytes, and a body given as `Bytes`. Ids and types that are in the body
    /// are looked up when they are asked for, and kept on the heap then.
    ///
    /// # Errors
    ///
    /// The request is no authentic, fresh delivery.
    pub fn verify(
        &self,
        head: Head<'_>,
        body: impl Into<Bytes>,
        now: UnixTime,
    ) -> Result<Delivery, VerifyError> {
        let mut verification = Verification::new(&self.rules, &self.ring, head);
        verification.open(now)?;
        verification.update(body.into());
        verification.conclude(now)
    }

    /// How far a timestamp may be from now, in both directions; `None` where none is judged.
    pub fn tolerance(&self) -> Option<Duration> {
        self.rules.tolerance()
    }

    #[cfg(feature = "cli")]
    pub(crate) fn parts_of(&self) -> (&Rules, &KeyRing) {
        (&self.rules, &self.ring)
    }

    #[cfg(feature = "receiver")]
    pub(crate) fn parts(self) -> (Arc<Rules>, KeyRing) {
        (self.rules, self.ring)
    }
}

impl std::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verifier").field("scheme", &self.rules.scheme.name).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for VerifierBuilder {
    /// Of configured values the names: a verify token is one of them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let config: Vec<&str> = self.config.iter().map(|(name, _)| *name).collect();
        f.debug_struct("VerifierBuilder")
            .field("scheme", &self.scheme.name)
            .field("config", &config)
            .finish_non_exhaustive()
    }
}
