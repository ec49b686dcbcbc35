//! What was seen, and who is handling it: the [`Store`] contract and the stores that keep it.
//!
//! An event is claimed before its handler runs and settled after: completed, so that it is never
//! handled again within the retention time, or released, so that the next delivery may try. A claim
//! is held under a lease by an owner [`Token`]; a lease that lapsed can be taken over.
//!
//! | store | remembers | for |
//! |---|---|---|
//! | `MemoryStore` (feature `memory`, on by default) | exactly, in this process, until it ends | one process; development |
//! | `RedisStore` (feature `redis`) | in Redis or Valkey: one server, Sentinel or Cluster | several processes |
//! | your own | | implement [`Store`] and run the contract suite of `hookgate::testing` |

mod erased;
mod key;
#[cfg(feature = "memory")]
mod memory;
#[cfg(feature = "redis")]
mod redis;

use std::{future::Future, time::Duration};

#[cfg(feature = "memory")]
pub use self::memory::{MemoryStats, MemoryStore, MemoryStoreBuilder, WhenFull};
#[cfg(feature = "redis")]
pub use self::redis::{Health, Reconnecting, RedisStore, RedisStoreBuilder};
pub use self::{
    erased::DynStore,
    key::{EventKey, Scope},
};
use crate::error::StoreError;

/// Remembers events and hands out the right to handle them.
///
/// # The contract
///
/// - Every method is one atomic step: under any interleaving, [`claim`](Self::claim) is won by one
///   caller at a time.
/// - A token that is not the current owner's changes nothing: the answer is [`Hold::Lost`].
/// - A lease that lapsed can be taken over by a claim, with a new token and the next attempt number.
///   Where nobody has taken over, the old owner still holds it.
/// - [`complete`](Self::complete) and [`renew`](Self::renew) of a key that the store knows nothing
///   of (it was restarted empty) hold too: what was done must not be done again.
/// - A released event keeps its count of attempts for some time.
/// - A store that cannot answer returns an error. It never guesses "new" or "duplicate".
/// - Every call ends in bounded time: the request waits for it, and so does a shutdown of the receiver.
/// - Leases and retention run on the store's own clock.
///
/// Where a key has a [`content`](EventKey::content) digest, id and digest are claimed, renewed, completed and
/// released together: the same content under another id is [`Claim::Replayed`] once it is done, and
/// [`Claim::Running`] while it runs. Taken over under another id, after its lease lapsed, it is [`Hold::Lost`] to the
/// first. A release removes it: attempts are counted of the key's own name. Other content under an id that is done
/// stays free: it may be another event's, of which somebody made a copy. Only an id that was
/// [forgotten](Self::forget) may run again with the content that it was done with.
///
/// `hookgate::testing::store_contract` checks all of this for any store, but for errors, bounded time and the clock.
pub trait Store: Send + Sync + 'static {
    /// Asks for the right to handle this event, for as long as `lease`.
    fn claim(
        &self,
        key: &EventKey,
        lease: Duration,
    ) -> impl Future<Output = Result<Claim, StoreError>> + Send;

    /// Extends the lease to `lease` from now.
    fn renew(
        &self,
        key: &EventKey,
        token: Token,
        lease: Duration,
    ) -> impl Future<Output = Result<Hold, StoreError>> + Send;

    /// Ends the claim: the event is done and remembered.
    fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> impl Future<Output = Result<Hold, StoreError>> + Send;

    /// Ends the claim: the next delivery may try.
    fn release(&self, key: &EventKey, token: Token) -> impl Future<Output = Result<Hold, StoreError>> + Send;

    /// Makes the store treat the event as not handled, whatever its state: for an operator who wants
    /// it redelivered. A handler that is running loses its claim. Attempts count anew.
    fn forget(&self, key: &EventKey) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The answer to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Claim {
    /// The event is yours to handle.
    Won {
        /// Proves ownership in all that follows.
        token: Token,
        /// The how-manieth claim of this event this is, from 1.
        attempt: u32,
    },
    /// Another owner is handling the event.
    Running {
        /// When its lease ends, unless renewed.
        retry_after: Duration,
    },
    /// The event was handled.
    Done {
        /// How.
        outcome: Outcome,
        /// Whether it was handled with another body.
        mismatch: bool,
    },
    /// The same content was handled under another id; where this has no id, under any.
    Replayed {
        /// How.
        outcome: Outcome,
    },
}

/// Whether a token still was the owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It was, and the step was taken.
    Held,
    /// It was not, and nothing changed.
    Lost,
}

/// Proof of ownership of one claim; no two claims of a store get the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token([u64; 2]);

impl Token {
    /// A token of this value. Stores make them.
    pub const fn new(value: u128) -> Self {
        // A `u128` would have every future that keeps a token aligned to 16 bytes.
        Self([(value >> 64) as u64, value as u64])
    }

    /// The value.
    pub const fn get(self) -> u128 {
        let [high, low] = self.0;
        (high as u128) << 64 | low as u128
    }
}

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    status: u16,
}

impl Outcome {
    /// An event whose handler answered with this HTTP status.
    pub const fn new(status: u16) -> Self {
        Self { status }
    }

    /// The HTTP status that its handler answered with. Not 2xx for an event that was given up.
    pub const fn status(self) -> u16 {
        self.status
    }
}

/// For how long a done event is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// So long where there is room. Not at all where it is zero: the next claim is the first again.
    pub keep: Duration,
    /// So long in any case: forgetting earlier would let a fresh copy of the delivery in.
    pub at_least: Duration,
}

impl Retention {
    /// Remembered for `keep`, and not given up early within `at_least`.
    pub const fn new(keep: Duration, at_least: Duration) -> Self {
        Self { keep, at_least }
    }
}
