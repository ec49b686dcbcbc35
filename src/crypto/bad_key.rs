//! Why a public key cannot be used.

use crate::error::ConfigError;

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadKey {
    #[cfg_attr(not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")), allow(dead_code))]
    /// Not in a form that the algorithm's keys have.
    Undecodable,
    #[cfg_attr(not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")), allow(dead_code))]
    /// A small-order point, or a modulus under 2048 bits.
    Weak,
    /// The feature of the algorithm is off.
    Feature(&'static str),
}

impl BadKey {
    pub(crate) fn at(self, index: usize) -> ConfigError {
        match self {
            Self::Undecodable => ConfigError::UndecodableSecret { index, form: "a public key of the scheme" },
            Self::Weak => ConfigError::WeakKey { index },
            Self::Feature(feature) => ConfigError::MissingFeature { feature },
        }
    }
}
