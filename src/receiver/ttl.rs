//! How long looked-up keys are kept.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::Expiry;

use crate::verify::KeyRing;

/// What is known is kept for one time, that there is nothing for another.
pub(super) struct Ttl {
    pub(super) known: Duration,
    pub(super) unknown: Duration,
}

impl<K> Expiry<K, Option<Arc<KeyRing>>> for Ttl {
    fn expire_after_create(&self, _: &K, ring: &Option<Arc<KeyRing>>, _: Instant) -> Option<Duration> {
        Some(if ring.is_some() { self.known } else { self.unknown })
    }
}
