//! The embedded store.

mod shard;
mod slab;
mod table;

use std::{fmt, sync::Arc, time::Duration};

use self::table::Table;
use super::{Claim, EventKey, Hold, Outcome, Retention, Store, Token};
use crate::{
    clock::{Clock, SystemClock},
    error::{ConfigError, StoreError},
};

/// Remembers exactly, **in this process and until it ends**: a restart forgets everything, and a
/// second process does not see it. For one process, and for development.
///
/// It is no cache: nothing that is running is ever dropped, and done events are dropped early only
/// as [`WhenFull`] says. An event takes some 75 bytes, two places of that where its id is not
/// signed; a duplicate allocates nothing. Names are kept as 128-bit fingerprints under a random key
/// (SipHash-1-3), so two names meet with a probability that can be neglected.
///
/// ```
/// use hookgate::store::{MemoryStore, WhenFull};
///
/// let store = MemoryStore::builder().capacity(100_000).when_full(WhenFull::Refuse).build()?;
/// assert_eq!(store.stats().events, 0);
/// # Ok::<(), hookgate::ConfigError>(())
/// ```
///
/// Cloning it shares the store. One store can serve several receivers.
#[derive(Clone)]
pub struct MemoryStore(Arc<Table>);

/// What a full [`MemoryStore`] does with a new event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// Forgets the oldest done event, counts that
    /// ([`MemoryStats::evicted_early`]) and warns: the capacity is too small. Never one within the
    /// [`at_least`](Retention::at_least) of its retention; while all are, the claim fails as
    /// [`StoreErrorKind::Full`](crate::StoreErrorKind::Full) and the answer is 503.
    #[default]
    EvictOldest,
    /// Fails the claim as [`StoreErrorKind::Full`](crate::StoreErrorKind::Full): the answer is 503 until events expire.
    Refuse,
}

/// Counts of a [`MemoryStore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemoryStats {
    /// Places taken: running, done and released events, expired ones that were not cleared yet
    /// included.
    pub events: usize,
    /// Done events forgotten before their retention ended, since the store was made.
    pub evicted_early: u64,
}

/// Builds a [`MemoryStore`].
pub struct MemoryStoreBuilder {
    capacity: usize,
    when_full: WhenFull,
    clock: Box<dyn Clock>,
}

impl MemoryStoreBuilder {
    /// The most places to take. Default 1,000,000: some 75 MB when full.
    #[must_use]
    pub fn capacity(mut self, events: usize) -> Self {
        self.capacity = events;
        self
    }

    /// What to do with a new event when all places are taken. Default [`WhenFull::EvictOldest`].
    #[must_use]
    pub fn when_full(mut self, when_full: WhenFull) -> Self {
        self.when_full = when_full;
        self
    }

    /// Where time comes from. Default: the operating system's monotonic clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The store.
    ///
    /// # Errors
    ///
    /// A capacity of less than two places: an event whose id is not signed takes two.
    pub fn build(self) -> Result<MemoryStore, ConfigError> {
        if self.capacity < 2 {
            return Err(ConfigError::TooSmall { setting: "capacity", least: 2 });
        }
        Ok(MemoryStore(Arc::new(Table::new(self.capacity, self.when_full, self.clock))))
    }
}

impl fmt::Debug for MemoryStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { capacity, when_full, .. } = self;
        f.debug_struct("MemoryStoreBuilder")
            .field("capacity", capacity)
            .field("when_full", when_full)
            .finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// A builder.
    pub fn builder() -> MemoryStoreBuilder {
        MemoryStoreBuilder {
            capacity: 1_000_000,
            when_full: WhenFull::default(),
            clock: Box::new(SystemClock::default()),
        }
    }

    /// Counts, for metrics and tests.
    pub fn stats(&self) -> MemoryStats {
        self.0.stats()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Store for MemoryStore {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        self.0.claim(key, lease)
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        Ok(self.0.renew(key, token, lease))
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        Ok(self.0.complete(key, token, retention, outcome))
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        Ok(self.0.release(key, token))
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        self.0.forget(key);
        Ok(())
    }
}
