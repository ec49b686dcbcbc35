//! MACs, digests, public keys and the one comparison of secrets.

mod bad_key;
mod compare;
mod digest;
mod mac;
pub(crate) mod meter;
#[cfg(not(any(feature = "ed25519", feature = "ecdsa", feature = "rsa")))]
#[path = "no_public.rs"]
mod public;
#[cfg(any(feature = "ed25519", feature = "ecdsa", feature = "rsa"))]
mod public;

#[cfg(all(feature = "testing", feature = "ecdsa"))]
pub(crate) use self::public::pem_blocks;
#[cfg(feature = "ecdsa")]
pub(crate) use self::public::{der_integers, pem};
pub(crate) use self::{
    bad_key::BadKey,
    compare::{Search, Tag},
    digest::{Sha256Sum, body_digest, digest, sha1, sha256},
    mac::{Mac, MacKey},
    public::PublicKey,
};
