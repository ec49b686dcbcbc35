//! How long looked-up keys are kept.

use std::{
    hash::Hash,
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, future::Cache};

use crate::verify::KeyRing;

/// Prepared keys by name.
pub(super) type Rings<K> = Cache<K, Ring>;

/// The prepared keys of a name. Where it has none they are keys that match nothing, so that the way on is the
/// same.
#[derive(Clone)]
pub(super) struct Ring {
    pub(super) keys: Arc<KeyRing>,
    pub(super) is_known: bool,
}

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

impl<K> Expiry<K, Ring> for Ttl {
    fn expire_after_create(&self, _: &K, ring: &Ring, _: Instant) -> Option<Duration> {
        Some(if ring.is_known { self.known } else { self.unknown })
    }

    /// The same: what expired and is looked up again may still be in its place.
    fn expire_after_update(
        &self,
        name: &K,
        ring: &Ring,
        at: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        self.expire_after_create(name, ring, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_up_again_expires_again() {
        let ttl = Ttl { known: Duration::from_secs(2), unknown: Duration::from_secs(1) };
        for (is_known, want) in [(true, 2), (false, 1)] {
            let ring = Ring { keys: Arc::new(KeyRing::none()), is_known };
            let want = Some(Duration::from_secs(want));
            assert_eq!(ttl.expire_after_create(&(), &ring, Instant::now()), want);
            for left in [None, Some(Duration::ZERO)] {
                assert_eq!(ttl.expire_after_update(&(), &ring, Instant::now(), left), want);
            }
        }
    }
}
