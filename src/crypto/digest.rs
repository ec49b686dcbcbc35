//! Digests without a key.

use sha2::{Digest, Sha256};

use super::Tag;
use crate::scheme::{BodyHash, Hash};

/// A SHA-256 digest being computed.
#[derive(Clone, Default)]
pub(crate) struct Sha256Sum(Sha256);

impl Sha256Sum {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        super::meter::hashed(bytes.len());
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-1 of these bytes; `None` where the feature is off.
pub(crate) fn sha1(bytes: &[u8]) -> Option<[u8; 20]> {
    #[cfg(feature = "sha1")]
    return Some(sha1::Sha1::digest(bytes).into());
    #[cfg(not(feature = "sha1"))]
    return {
        let _ = bytes;
        None
    };
}

/// The digest of a whole message; `None` where the hash's feature is off.
pub(crate) fn digest(hash: Hash, message: &[u8]) -> Option<Tag> {
    super::meter::hashed(message.len());
    match hash {
        Hash::Sha1 => Tag::new(&sha1(message)?),
        Hash::Sha256 => Tag::new(&sha256(message)),
        Hash::Sha384 => Tag::new(&sha2::Sha384::digest(message)),
        Hash::Sha512 => Tag::new(&sha2::Sha512::digest(message)),
        #[cfg(feature = "md5")]
        Hash::Md5 => Tag::new(&md5::Md5::digest(message)),
        #[cfg(not(feature = "md5"))]
        Hash::Md5 => None,
        #[cfg(feature = "keccak")]
        Hash::Keccak256 => Tag::new(&sha3::Keccak256::digest(message)),
        #[cfg(not(feature = "keccak"))]
        Hash::Keccak256 => None,
    }
}

/// The digest of a body as one part of a message; `None` where the hash's feature is off.
pub(crate) fn body_digest(hash: BodyHash, body: &[u8]) -> Option<smallvec::SmallVec<[u8; 32]>> {
    match hash {
        BodyHash::Sha256 => Some(sha256(body).into()),
        #[cfg(feature = "md5")]
        BodyHash::Md5 => Some(md5::Md5::digest(body).as_slice().into()),
        #[cfg(not(feature = "md5"))]
        BodyHash::Md5 => None,
        #[cfg(feature = "rsa")]
        BodyHash::Crc32 => Some(crc32fast::hash(body).to_be_bytes().as_slice().into()),
        #[cfg(not(feature = "rsa"))]
        BodyHash::Crc32 => None,
    }
}
