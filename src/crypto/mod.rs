//! MACs, digests and the one comparison of secrets.

mod compare;
mod digest;
mod mac;
#[cfg(any(test, feature = "testing"))]
pub(crate) mod meter;
mod public;

pub(crate) use self::{
    compare::{Tag, matches_any},
    digest::{Sha256Sum, body_digest, digest, sha1, sha256},
    mac::{Mac, MacKey},
    public::{PublicKey, der_integers, pem},
};
