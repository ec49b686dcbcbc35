//! HMACs with key state prepared once.

use hmac::{Hmac, KeyInit, Mac as _};
#[cfg(feature = "sha1")]
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::Tag;
use crate::{error::ConfigError, scheme::Hash};

/// A key whose two padded blocks have been hashed already.
pub(crate) struct MacKey(Mac);

/// A MAC being computed. The wide hashes are boxed: they are rare and four times as large.
#[derive(Clone)]
pub(crate) enum Mac {
    #[cfg(feature = "sha1")]
    Sha1(Box<Hmac<Sha1>>),
    Sha256(Hmac<Sha256>),
    Sha384(Box<Hmac<Sha384>>),
    Sha512(Box<Hmac<Sha512>>),
    #[cfg(feature = "md5")]
    Md5(Box<Hmac<md5::Md5>>),
}

/// Runs one expression for whichever hash it is.
macro_rules! each {
    ($mac:expr, $state:ident => $then:expr) => {
        match $mac {
            #[cfg(feature = "sha1")]
            Mac::Sha1($state) => $then,
            Mac::Sha256($state) => $then,
            Mac::Sha384($state) => $then,
            Mac::Sha512($state) => $then,
            #[cfg(feature = "md5")]
            Mac::Md5($state) => $then,
        }
    };
}

fn keyed<M: KeyInit>(key: &[u8]) -> Option<M> {
    M::new_from_slice(key).ok()
}

impl MacKey {
    pub(crate) fn new(hash: Hash, key: &[u8]) -> Result<Self, ConfigError> {
        let mac = match hash {
            #[cfg(feature = "sha1")]
            Hash::Sha1 => keyed(key).map(|mac| Mac::Sha1(Box::new(mac))),
            #[cfg(not(feature = "sha1"))]
            Hash::Sha1 => return Err(ConfigError::MissingFeature { feature: "sha1" }),
            Hash::Sha256 => keyed(key).map(Mac::Sha256),
            Hash::Sha384 => keyed(key).map(|mac| Mac::Sha384(Box::new(mac))),
            Hash::Sha512 => keyed(key).map(|mac| Mac::Sha512(Box::new(mac))),
            #[cfg(feature = "md5")]
            Hash::Md5 => keyed(key).map(|mac| Mac::Md5(Box::new(mac))),
            #[cfg(not(feature = "md5"))]
            Hash::Md5 => return Err(ConfigError::MissingFeature { feature: "md5" }),
            Hash::Keccak256 => None,
        };
        // HMAC takes keys of any length, so the error cannot occur.
        mac.map(Self).ok_or(ConfigError::NoSecret)
    }

    pub(crate) fn start(&self) -> Mac {
        super::meter::mac_started();
        self.0.clone()
    }
}

impl Mac {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        super::meter::hashed(bytes.len());
        each!(self, state => state.update(bytes));
    }

    #[inline(always)]
    pub(crate) fn finish(self) -> Tag {
        each!(self, state => Tag::new(&state.finalize().into_bytes()))
            .unwrap_or_else(|| unreachable!("a MAC fits a tag"))
    }
}
