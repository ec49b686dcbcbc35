//! The embedded store.

mod shard;
mod slab;

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use siphasher::sip128::{Hasher128, SipHasher13};

use self::shard::{Outlook, Print, Shard, State};
use super::{Claim, EventKey, Hold, Outcome, Retention, Store, Token};
use crate::{
    clock::{Clock, SystemClock},
    error::{ConfigError, StoreError, StoreErrorKind},
    telemetry,
};

const SHARDS: usize = 64;
/// The most expired entries that one claim clears away.
const CLEARED_PER_CLAIM: usize = 4;

/// Remembers exactly, **in this process and until it ends**: a restart forgets everything, and a
/// second process does not see it. For one process, and for development.
///
/// It is no cache: nothing that is running is ever dropped, and done events are dropped early only
/// as [`WhenFull`] says. An event takes 60 to 70 bytes, two places of that where its id is not
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
pub struct MemoryStore(Arc<Inner>);

/// What a full [`MemoryStore`] does with a new event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// Forgets the oldest done event, counts that
    /// ([`MemoryStats::evicted_early`]) and warns: the capacity is too small. Never one within the
    /// [`at_least`](Retention::at_least) of its retention; while all are, the claim fails as
    /// [`StoreErrorKind::Full`] and the answer is 503.
    #[default]
    EvictOldest,
    /// Fails the claim as [`StoreErrorKind::Full`]: the answer is 503 until events expire.
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

struct Inner {
    shards: Box<[Place]>,
    capacity: usize,
    when_full: WhenFull,
    taken: AtomicUsize,
    evicted_early: AtomicU64,
    tokens: AtomicU64,
    secret: (u64, u64),
    clock: Box<dyn Clock>,
}

/// A shard, and its outlook for those who look for room.
struct Place {
    shard: Mutex<Shard>,
    expires: AtomicU64,
    evictable: AtomicU64,
}

/// Builds a [`MemoryStore`].
pub struct MemoryStoreBuilder {
    capacity: usize,
    when_full: WhenFull,
    clock: Box<dyn Clock>,
}

impl MemoryStoreBuilder {
    /// The most places to take. Default 1,000,000: some 70 MB when full.
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
    /// A capacity of zero.
    pub fn build(self) -> Result<MemoryStore, ConfigError> {
        if self.capacity == 0 {
            return Err(ConfigError::Zero { setting: "capacity" });
        }
        let random = || RandomState::new().build_hasher().finish();
        Ok(MemoryStore(Arc::new(Inner {
            shards: (0..SHARDS).map(|_| Place::default()).collect(),
            capacity: self.capacity,
            when_full: self.when_full,
            taken: AtomicUsize::new(0),
            evicted_early: AtomicU64::new(0),
            tokens: AtomicU64::new(1),
            secret: (random(), random()),
            clock: self.clock,
        })))
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
        MemoryStats {
            events: self.0.taken.load(Ordering::Relaxed),
            evicted_early: self.0.evicted_early.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Default for Place {
    fn default() -> Self {
        Self {
            shard: Mutex::default(),
            expires: AtomicU64::new(u64::MAX),
            evictable: AtomicU64::new(u64::MAX),
        }
    }
}

impl Store for MemoryStore {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        self.0.claim(&self.0.names(key), lease)
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        Ok(self.0.end(&self.0.names(key), token, true, |inner, _, running| State::Running {
            attempt: running,
            token: short(token),
            until: inner.now().saturating_add(millis(lease)),
        }))
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        let keep = millis(retention.keep);
        Ok(self.0.end(&self.0.names(key), token, true, |inner, shard, _| State::Done {
            lane: shard.lane(keep),
            status: outcome.status(),
            until: inner.now().saturating_add(keep),
            protected: inner.now().saturating_add(millis(retention.at_least)),
        }))
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        Ok(self
            .0
            .end(&self.0.names(key), token, false, |inner, _, attempt| State::free(attempt, inner.now())))
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        let names = self.0.names(key);
        let mut pair = self.0.lock(&names);
        let now = self.0.now();
        if let Some((state, tag)) = pair.of(names.id).get(names.id, now) {
            let attempt = match *state {
                State::Running { attempt, .. } | State::Free { attempt, .. } => attempt,
                State::Done { .. } => 0,
            };
            pair.of(names.id).set(names.id, State::free(attempt, now), tag);
        }
        Ok(())
    }
}

/// The fingerprints of an event: of its name and, where it is claimed too, of its content.
struct Names {
    id: Print,
    content: Option<Print>,
    checksum: u64,
}

impl Names {
    /// What an entry of the content remembers of the id it was claimed with.
    fn owner(&self) -> u64 {
        self.id[0]
    }

    fn all(&self) -> impl Iterator<Item = (Print, u64)> {
        let content = self.content.map(|content| (content, self.owner()));
        [(self.id, self.checksum)].into_iter().chain(content)
    }
}

impl Inner {
    fn now(&self) -> u64 {
        millis(self.clock.elapsed())
    }

    fn names(&self, key: &EventKey) -> Names {
        let print = |kind: char, name: &[u8]| {
            let mut hasher = SipHasher13::new_with_keys(self.secret.0, self.secret.1);
            hasher.write(key.scope().as_str().as_bytes());
            // Scopes are made of lengths and text; no UTF-8 text holds this byte.
            hasher.write_u8(0xff);
            hasher.write_u8(kind as u8);
            hasher.write(name);
            let print = hasher.finish128();
            [print.h1, print.h2]
        };
        let (kind, name) = key.name();
        Names {
            id: print(kind, name),
            content: key.content().map(|content| print('c', content)),
            checksum: key.checksum(),
        }
    }

    fn claim(&self, names: &Names, lease: Duration) -> Result<Claim, StoreError> {
        // Each round either decides or has made room that somebody else may have taken.
        for _ in 0..8 {
            let mut pair = self.lock(names);
            let now = self.now();
            let cleared = pair.first.shard.expire(now, CLEARED_PER_CLAIM);
            self.taken.fetch_sub(cleared, Ordering::Relaxed);
            let attempts = match pair.judge(names, now) {
                Verdict::Answer(claim) => return Ok(claim),
                Verdict::Mismatch(claim, state) => {
                    self.remember_rendering(&mut pair, names, state);
                    return Ok(claim);
                }
                Verdict::Free { attempts } => attempts,
            };
            let new = names.all().filter(|(print, _)| !pair.of(*print).holds(*print)).count();
            if self.reserve(new) {
                let token = self.tokens.fetch_add(1, Ordering::Relaxed);
                let attempt = attempts.saturating_add(1);
                let until = now.saturating_add(millis(lease));
                for (print, tag) in names.all() {
                    pair.of(print).set(print, State::Running { attempt, token, until }, tag);
                }
                return Ok(Claim::Won { token: Token::new(token.into()), attempt: attempt.into() });
            }
            drop(pair);
            if !self.make_room(now, new) {
                break;
            }
        }
        Err(StoreError::new(StoreErrorKind::Full))
    }

    /// A done event came with other content than it was done with: that content must not be handled
    /// under another id either.
    fn remember_rendering(&self, pair: &mut Pair<'_>, names: &Names, done: State) {
        if let Some(content) = names.content
            && pair.of(content).get(content, self.now()).is_none()
        {
            let new = usize::from(!pair.of(content).holds(content));
            if self.reserve(new) {
                let State::Done { until, protected, status, .. } = done else { return };
                let lane = pair
                    .of(content)
                    .lane(until.saturating_sub(self.now()).next_multiple_of(24 * 60 * 60 * 1000));
                pair.of(content).set(content, State::Done { lane, status, until, protected }, names.owner());
            }
        }
    }

    /// Puts what `next` makes of the attempt number in the place of a claim that `token` holds. Where
    /// the store knows nothing of the event, that holds too, if `or_unknown`.
    fn end(
        &self,
        names: &Names,
        token: Token,
        or_unknown: bool,
        next: impl Fn(&Self, &mut Shard, u16) -> State,
    ) -> Hold {
        let mut pair = self.lock(names);
        let now = self.now();
        let attempt = match pair.of(names.id).get(names.id, now) {
            Some((State::Running { token: owner, attempt, .. }, _)) if *owner == short(token) => *attempt,
            None if or_unknown => 1,
            _ => return Hold::Lost,
        };
        for (print, tag) in names.all() {
            let shard = pair.of(print);
            let ours = match shard.get(print, now) {
                None => true,
                Some((State::Running { token: owner, .. }, _)) => *owner == short(token),
                // Another rendering of the event that is done: it stays.
                Some(_) => false,
            };
            if ours {
                // What is done must be remembered, even where there is no room for it.
                self.taken.fetch_add(usize::from(!shard.holds(print)), Ordering::Relaxed);
                let state = next(self, shard, attempt);
                shard.set(print, state, tag);
            }
        }
        Hold::Held
    }

    fn reserve(&self, places: usize) -> bool {
        let free = |taken: usize| taken.checked_add(places).filter(|taken| *taken <= self.capacity);
        places == 0 || self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).is_ok()
    }

    /// Clears expired entries anywhere or, where there are none and the policy says so, evicts the
    /// oldest done events. Holds one lock at a time.
    fn make_room(&self, now: u64, places: usize) -> bool {
        let mut made = 0;
        while made < places {
            let expired = self.shards.iter().find(|place| place.expires.load(Ordering::Relaxed) <= now);
            let cleared = match expired {
                Some(place) => place.lock(self.done_too()).shard.expire(now, CLEARED_PER_CLAIM),
                None => match self.evict_oldest(now) {
                    Some(cleared) => cleared,
                    None => return false,
                },
            };
            self.taken.fetch_sub(cleared, Ordering::Relaxed);
            made += cleared;
        }
        true
    }

    /// Evicts what is missed least in the shard where that is oldest; `None` where nothing may go.
    fn evict_oldest(&self, now: u64) -> Option<usize> {
        let oldest = self.shards.iter().min_by_key(|place| place.evictable.load(Ordering::Relaxed))?;
        if oldest.evictable.load(Ordering::Relaxed) > now {
            return None;
        }
        let evicted = oldest.lock(self.done_too()).shard.evict(now, self.done_too());
        if evicted == Some(true) {
            let total = self.evicted_early.fetch_add(1, Ordering::Relaxed) + 1;
            telemetry::evicted_early(total, self.capacity);
        }
        Some(usize::from(evicted.is_some()))
    }

    fn done_too(&self) -> bool {
        self.when_full == WhenFull::EvictOldest
    }

    /// Locks the one or two shards of these names, always in the same order.
    fn lock(&self, names: &Names) -> Pair<'_> {
        let of = |print: Print| (print[1] % SHARDS as u64) as usize;
        let (id, content) = (of(names.id), names.content.map(of).filter(|content| *content != of(names.id)));
        let place = |at: usize| {
            self.shards.get(at).unwrap_or_else(|| unreachable!("a remainder is less")).lock(self.done_too())
        };
        let (first, second) = match content {
            None => (place(id), None),
            Some(content) if content < id => {
                let second = place(content);
                (place(id), Some(second))
            }
            Some(content) => {
                let first = place(id);
                (first, Some(place(content)))
            }
        };
        Pair { first, second, id: names.id }
    }
}

impl Place {
    fn lock(&self, done_too: bool) -> Locked<'_> {
        // A panic while holding the lock would have to come from the table itself.
        let shard = self.shard.lock().unwrap_or_else(PoisonError::into_inner);
        Locked { shard, place: self, done_too }
    }
}

/// A locked shard that publishes its outlook when it is let go.
struct Locked<'a> {
    shard: MutexGuard<'a, Shard>,
    place: &'a Place,
    done_too: bool,
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        let Outlook { expires, evictable } = self.shard.outlook(self.done_too);
        self.place.expires.store(expires, Ordering::Relaxed);
        self.place.evictable.store(evictable, Ordering::Relaxed);
    }
}

/// The shards of an id and of its content, which may be one.
struct Pair<'a> {
    first: Locked<'a>,
    second: Option<Locked<'a>>,
    id: Print,
}

enum Verdict {
    Answer(Claim),
    /// Done, but with this other content.
    Mismatch(Claim, State),
    Free {
        attempts: u16,
    },
}

impl Pair<'_> {
    fn of(&mut self, print: Print) -> &mut Shard {
        match &mut self.second {
            Some(second) if print != self.id => &mut second.shard,
            _ => &mut self.first.shard,
        }
    }

    fn judge(&mut self, names: &Names, now: u64) -> Verdict {
        let known = self.of(names.id).get(names.id, now).map(|(state, tag)| (*state, tag));
        let attempts = match known {
            Some((State::Running { until, .. }, _)) if until > now => return Verdict::running(until, now),
            Some((state @ State::Done { status, .. }, checksum)) => {
                let mismatch = checksum != names.checksum;
                let claim = Claim::Done { outcome: Outcome::new(status), mismatch };
                return if mismatch { Verdict::Mismatch(claim, state) } else { Verdict::Answer(claim) };
            }
            Some((State::Running { attempt, .. } | State::Free { attempt, .. }, _)) => attempt,
            None => 0,
        };
        let Some(content) = names.content else { return Verdict::Free { attempts } };
        match self.of(content).get(content, now) {
            Some((State::Running { until, .. }, _)) if *until > now => Verdict::running(*until, now),
            // An id that was forgotten may run again with the content it was done with.
            Some((State::Done { .. }, owner)) if owner == names.owner() && known.is_some() => {
                Verdict::Free { attempts }
            }
            Some((State::Done { status, .. }, _)) => {
                Verdict::Answer(Claim::Replayed { outcome: Outcome::new(*status) })
            }
            _ => Verdict::Free { attempts },
        }
    }
}

impl Verdict {
    fn running(until: u64, now: u64) -> Self {
        Self::Answer(Claim::Running { retry_after: Duration::from_millis(until.saturating_sub(now)) })
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn short(token: Token) -> u64 {
    // Tokens of this store are 64 bits wide; any other is nobody's.
    u64::try_from(token.get()).unwrap_or(0)
}
