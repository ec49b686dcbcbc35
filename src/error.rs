//! What can go wrong: while building ([`ConfigError`]), while verifying ([`VerifyError`] and its
//! [`Reason`]), and in a store ([`StoreError`]).

use std::{error::Error, fmt, time::Duration};

/// Why a request did not become a [`Delivery`](crate::Delivery).
///
/// The reason is for logs and metrics. It never reaches the sender: every authentication failure
/// gets the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The method is not one the provider delivers with.
    MethodNotAllowed,
    /// The body carries a `Content-Encoding` other than `identity`.
    ContentEncoding,
    /// A header that the scheme requires is missing or has another value.
    RequiredHeader,
    /// No signature where the scheme puts it.
    SignatureMissing,
    /// Two different signature values where the scheme sends one.
    SignatureRepeated,
    /// The signature is longer than the cap (8 KiB), or the header fields that it names are (16 KiB).
    SignatureTooLong,
    /// More candidate signatures than the cap (16).
    TooManySignatures,
    /// The signature is not in the scheme's form.
    SignatureMalformed,
    /// No secret produced any of the candidate signatures.
    SignatureMismatch,
    /// No timestamp where the scheme puts it.
    TimestampMissing,
    /// The timestamp is not in the scheme's form.
    TimestampMalformed,
    /// The timestamp is older than the tolerance.
    TooOld,
    /// The timestamp is further in the future than the tolerance.
    FromTheFuture,
    /// An id that the signature covers is missing or empty.
    IdMissing,
    /// A signed value contains the separator that delimits it, or is not UTF-8.
    IdMalformed,
    /// A value that the signature covers is missing from the request.
    SignedPartMissing,
    /// No secrets are known for the tenant that the request names.
    UnknownTenant,
    /// The body is larger than the limit.
    BodyTooLarge,
    /// The body was not complete at the read deadline.
    BodyTooSlow,
    /// The body broke off.
    BodyBroken,
    /// The process already holds as many unauthenticated bytes as it may.
    NoRoom,
    /// The lookup of the tenant's secrets failed.
    KeyLookupFailed,
    /// The secrets that the lookup returned cannot be used.
    NoUsableKey,
    /// The system clock is before 1970.
    ClockUnusable,
    /// The token's algorithm is not one of the scheme's.
    AlgorithmNotAllowed,
    /// A claim of the token is missing or has another value than it must have, or the delivery is another
    /// customer's of the provider.
    ClaimMismatch,
    /// The signature does not cover what it must, or names a key that is not where it must be.
    Uncovered,
    /// There is no public key of the name that the request gives.
    UnknownKey,
    /// The body is another text that the provider signs with the same key.
    OtherText,
}

impl Reason {
    /// The reason as logs, metrics and the command line spell it, for example `signature_mismatch`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MethodNotAllowed => "method_not_allowed",
            Self::ContentEncoding => "content_encoding",
            Self::RequiredHeader => "required_header",
            Self::SignatureMissing => "signature_missing",
            Self::SignatureRepeated => "signature_repeated",
            Self::SignatureTooLong => "signature_too_long",
            Self::TooManySignatures => "too_many_signatures",
            Self::SignatureMalformed => "signature_malformed",
            Self::SignatureMismatch => "signature_mismatch",
            Self::TimestampMissing => "timestamp_missing",
            Self::TimestampMalformed => "timestamp_malformed",
            Self::TooOld => "too_old",
            Self::FromTheFuture => "from_the_future",
            Self::IdMissing => "id_missing",
            Self::IdMalformed => "id_malformed",
            Self::SignedPartMissing => "signed_part_missing",
            Self::UnknownTenant => "unknown_tenant",
            Self::BodyTooLarge => "body_too_large",
            Self::BodyTooSlow => "body_too_slow",
            Self::BodyBroken => "body_broken",
            Self::NoRoom => "no_room",
            Self::KeyLookupFailed => "key_lookup_failed",
            Self::NoUsableKey => "no_usable_key",
            Self::ClockUnusable => "clock_unusable",
            Self::AlgorithmNotAllowed => "algorithm_not_allowed",
            Self::ClaimMismatch => "claim_mismatch",
            Self::Uncovered => "uncovered",
            Self::UnknownKey => "unknown_key",
            Self::OtherText => "other_text",
        }
    }
}

#[cfg(feature = "cli")]
impl Reason {
    /// The reason of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        const TOLD: [Reason; 5] = [
            Reason::SignatureMismatch,
            Reason::SignatureMissing,
            Reason::TimestampMalformed,
            Reason::TooOld,
            Reason::FromTheFuture,
        ];
        TOLD.into_iter().find(|reason| reason.as_str() == name)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request that is not an authentic, fresh delivery.
///
/// Says why ([`reason`](Self::reason)) and nothing else: no secret, signature or body is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyError(Reason);

impl VerifyError {
    /// Why the request was refused.
    pub const fn reason(&self) -> Reason {
        self.0
    }
}

impl From<Reason> for VerifyError {
    fn from(reason: Reason) -> Self {
        Self(reason)
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an authentic delivery: {}", self.0)
    }
}

impl Error for VerifyError {}

/// A verifier or receiver that cannot be built, and what to change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigError {
    /// No secret was given.
    NoSecret,
    /// More secrets than the cap of four.
    TooManySecrets,
    /// The secret at this index is empty, or nothing is left of it after its prefix.
    EmptySecret {
        /// Position in the order the secrets were given.
        index: usize,
    },
    /// The secret at this index starts or ends with white space, or is nothing else.
    BlankSecret {
        /// Position in the order the secrets were given.
        index: usize,
    },
    /// The secret at this index looks like a placeholder, a file name, a public key or an API key.
    NotASecret {
        /// Position in the order the secrets were given.
        index: usize,
        /// What it looks like.
        looks_like: &'static str,
    },
    /// The secret at this index is not in the form that the provider hands out.
    UndecodableSecret {
        /// Position in the order the secrets were given.
        index: usize,
        /// The form it should have.
        form: &'static str,
    },
    /// The secret at this index is shorter than the scheme allows.
    ShortSecret {
        /// Position in the order the secrets were given.
        index: usize,
        /// The least number of bytes after decoding.
        least: usize,
    },
    /// The public key at this index is too weak: RSA under 2048 bits, or an Ed25519 key of small order.
    WeakKey {
        /// Position in the order the keys were given.
        index: usize,
    },
    /// A duration that must be positive, or is longer than a hundred years; of a tolerance, than fifty.
    BadDuration {
        /// The setting.
        setting: &'static str,
        /// What was given.
        given: Duration,
    },
    /// Remembering done events for less than this lets a replay or a late retry run again.
    RetentionTooShort {
        /// What was given.
        given: Duration,
        /// At least this: the larger of twice the tolerance and the provider's retry horizon.
        least: Duration,
    },
    /// A setting that must not be zero.
    Zero {
        /// The setting.
        setting: &'static str,
    },
    /// A setting that is too small for anything to work.
    TooSmall {
        /// The setting.
        setting: &'static str,
        /// The least that it may be.
        least: usize,
    },
    /// The scheme contradicts itself.
    Scheme {
        /// The scheme's name.
        scheme: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Two settings contradict each other.
    Contradiction {
        /// What they say together.
        problem: &'static str,
    },
    /// The scheme needs a value that must be configured: call `config(name, value)`.
    MissingConfig {
        /// The value's name.
        name: &'static str,
    },
    /// The scheme has no use for a configured value of this name.
    UnknownConfig {
        /// The value's name.
        name: &'static str,
    },
    /// The scheme signs the URL: call `public_url("https://…")`.
    MissingPublicUrl,
    /// The public URL is not `http` or `https` and a host, perhaps with a port, and nothing after that: path and query
    /// are those of the request.
    BadPublicUrl,
    /// The scheme needs a Cargo feature that is off.
    MissingFeature {
        /// The feature's name.
        feature: &'static str,
    },
    /// The prefix of a store's keys is empty or has braces in it.
    BadPrefix,
    /// No store: switch on the feature `memory` or call `store(…)`.
    NoStore,
}

/// A hundred years: longer is taken for "for ever", which no duration here may be.
pub(crate) const LONGEST: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A duration that is more than none and has an end.
pub(crate) fn check_duration(setting: &'static str, given: Duration) -> Result<(), ConfigError> {
    match given.is_zero() || given > LONGEST {
        true => Err(ConfigError::BadDuration { setting, given }),
        false => Ok(()),
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSecret => f.write_str("neither a secret nor a public key was given"),
            Self::TooManySecrets => f.write_str("more than four secrets were given"),
            Self::EmptySecret { index } => write!(f, "secret {index} is empty"),
            Self::BlankSecret { index } => {
                write!(f, "secret {index} is blank or has white space around it")
            }
            Self::NotASecret { index, looks_like } => {
                write!(f, "secret {index} looks like {looks_like}, not like a secret")
            }
            Self::UndecodableSecret { index, form } => write!(f, "secret {index} is not {form}"),
            Self::ShortSecret { index, least } => {
                write!(f, "secret {index} is shorter than {least} bytes")
            }
            Self::WeakKey { index } => {
                write!(f, "public key {index} is too weak: RSA keys have 2048 bits at least")
            }
            Self::BadDuration { setting, given } => {
                write!(f, "{setting} must be longer than nothing and must end, but {given:?} is too short or too long")
            }
            Self::RetentionTooShort { given, least } => {
                write!(f, "a retention of {given:?} is too short: at least {least:?}")
            }
            Self::Zero { setting } => write!(f, "{setting} must not be zero"),
            Self::TooSmall { setting, least } => write!(f, "{setting} must be at least {least}"),
            Self::Scheme { scheme, problem } => write!(f, "scheme {scheme}: {problem}"),
            Self::Contradiction { problem } => f.write_str(problem),
            Self::MissingConfig { name } => {
                write!(f, "the scheme needs the configured value {name:?}, which was not given")
            }
            Self::UnknownConfig { name } => {
                write!(f, "the scheme has no use for a configured value {name:?}")
            }
            Self::MissingPublicUrl => {
                f.write_str("the scheme signs the URL: give the public one with `public_url`")
            }
            Self::BadPublicUrl => {
                f.write_str("the public URL must be scheme and host alone, such as https://hooks.example.com: path and query are the request's")
            }
            Self::MissingFeature { feature } => {
                write!(f, "the scheme needs the Cargo feature `{feature}`")
            }
            Self::BadPrefix => f.write_str("the prefix of the keys must not be empty or have braces in it"),
            Self::NoStore => f.write_str("no store: enable the feature `memory` or give one"),
        }
    }
}

impl Error for ConfigError {}

/// What kind of failure a store had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The store cannot be reached or refuses to work.
    Unavailable,
    /// The store did not answer in time; whether it acted is unknown.
    TimedOut,
    /// The store has no place left that may be used.
    Full,
    /// The store holds something under our key that we did not write.
    Corrupt,
}

impl StoreErrorKind {
    /// The kind as logs and metrics spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::TimedOut => "timed_out",
            Self::Full => "full",
            Self::Corrupt => "corrupt",
        }
    }
}

/// A store that could not answer. Never read as "new" or "duplicate".
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error of this kind.
    pub const fn new(kind: StoreErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// An error of this kind with what caused it.
    pub fn with_source(kind: StoreErrorKind, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { kind, source: Some(source.into()) }
    }

    /// What kind of failure it was.
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            StoreErrorKind::Unavailable => "the store is unavailable",
            StoreErrorKind::TimedOut => "the store did not answer in time",
            StoreErrorKind::Full => "the store is full",
            StoreErrorKind::Corrupt => "the store holds something else under this key",
        })
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
