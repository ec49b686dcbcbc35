//! Without a feature for public keys there are none.

use super::BadKey;
use crate::scheme::{Decode, PublicAlgorithm};

pub(crate) enum PublicKey {}

impl PublicKey {
    pub(crate) fn new(algorithm: PublicAlgorithm, _: &str, _: Decode, _: bool) -> Result<Self, BadKey> {
        Err(BadKey::Feature(algorithm.missing_feature().unwrap_or("rsa")))
    }

    pub(crate) fn verify(&self, _: &[u8], _: &[u8]) -> bool {
        match *self {}
    }
}
