//! How long looked-up keys are kept.

use std::{
    hash::Hash,
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, future::Cache};

use crate::verify::KeyRing;

/// Prepared keys by name; `None` where a name has none.
pub(super) type Rings<K> = Cache<K, Option<Arc<KeyRing>>>;

/// What is known is kept for one time, that there is nothing for another.
pub(super) struct Ttl {
    pub(super) known: Duration,
    pub(super) unknown: Duration,
}

impl Ttl {
    /// Room for the keys of this many names.
    pub(super) fn rings<K: Hash + Eq + Send + Sync + 'static>(self, capacity: u64) -> Rings<K> {
        Cache::builder().max_capacity(capacity).expire_after(self).build()
    }
}

impl<K> Expiry<K, Option<Arc<KeyRing>>> for Ttl {
    fn expire_after_create(&self, _: &K, ring: &Option<Arc<KeyRing>>, _: Instant) -> Option<Duration> {
        Some(if ring.is_some() { self.known } else { self.unknown })
    }
}
