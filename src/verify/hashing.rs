//! MACs under way.

use super::{KeyRing, message::Piece};
use crate::crypto::{Mac, Sha256Sum};

/// The MACs of a message under way, one for each secret, and its digest where that is needed too.
pub(super) struct Hashing {
    pub(super) macs: Vec<Mac>,
    pub(super) content: Option<Sha256Sum>,
}

impl Hashing {
    pub(super) fn feed(&mut self, ring: &KeyRing, piece: Piece<'_>) {
        self.macs.iter_mut().enumerate().for_each(|(key, mac)| feed(mac, ring, key, piece));
        if let Some(content) = &mut self.content {
            content.feed(piece);
        }
    }
}

impl Sha256Sum {
    pub(super) fn feed(&mut self, piece: Piece<'_>) {
        if let Piece::Bytes(bytes) = piece {
            self.update(bytes);
        }
    }
}

pub(super) fn feed(mac: &mut Mac, ring: &KeyRing, key: usize, piece: Piece<'_>) {
    match piece {
        Piece::Bytes(bytes) => mac.update(bytes),
        Piece::Secret => {
            if let Some(secret) = ring.texts.get(key) {
                mac.update(secret.expose().as_bytes());
            }
        }
    }
}
