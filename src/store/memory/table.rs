//! The shards together: names to fingerprints, claims over one or two shards, and making room.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::{
    MemoryStats, WhenFull,
    shard::{Outlook, Print, Shard, State},
};
use crate::{
    clock::Clock,
    error::{StoreError, StoreErrorKind},
    store::{Claim, EventKey, Hold, Outcome, Retention, Token},
    telemetry,
};

const SHARDS: usize = 64;
/// The most expired entries that one claim clears away.
const CLEARED_PER_CLAIM: usize = 4;

pub(super) struct Table {
    shards: Box<[Place]>,
    capacity: usize,
    when_full: WhenFull,
    taken: AtomicUsize,
    evicted_early: AtomicU64,
    secret: (u64, u64),
    clock: Box<dyn Clock>,
}

/// A shard, and its outlook for those who look for room.
struct Place {
    shard: Mutex<Shard>,
    expires: AtomicU64,
    evictable: AtomicU64,
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

/// The fingerprints of an event: of its name and, where it is claimed too, of its content.
struct Names {
    id: Print,
    content: Option<Print>,
    checksum: u64,
}

/// In what is remembered with a content that came with an id: where it comes without one, it is known as another's.
const HAS_ID: u64 = 1 << 63;

impl Names {
    /// What an entry of the content remembers of the id it was claimed with.
    fn owner(&self) -> u64 {
        self.id[0] | HAS_ID
    }
}

impl Table {
    pub(super) fn new(capacity: usize, when_full: WhenFull, clock: Box<dyn Clock>) -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self {
            shards: (0..SHARDS).map(|_| Place::default()).collect(),
            capacity,
            when_full,
            taken: AtomicUsize::new(0),
            evicted_early: AtomicU64::new(0),
            secret: (random(), random()),
            clock,
        }
    }

    pub(super) fn stats(&self) -> MemoryStats {
        MemoryStats {
            events: self.taken.load(Ordering::Relaxed),
            evicted_early: self.evicted_early.load(Ordering::Relaxed),
        }
    }

    pub(super) fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Hold {
        let until = |now: u64| now.saturating_add(millis(lease));
        self.end(key, token, false, |_, now, (attempt, forgotten)| State::Running {
            attempt,
            token: short(token),
            until: until(now),
            forgotten,
        })
    }

    pub(super) fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Hold {
        let (keep, at_least) = (millis(retention.keep), millis(retention.at_least));
        self.end(key, token, false, |shard, now, _| State::Done {
            lane: shard.lane(keep, at_least),
            status: outcome.status(),
            until: now.saturating_add(keep),
            protected: now.saturating_add(at_least),
        })
    }

    pub(super) fn release(&self, key: &EventKey, token: Token) -> Hold {
        self.end(key, token, true, |_, now, (attempt, forgotten)| State::free(attempt, now, forgotten))
    }

    pub(super) fn forget(&self, key: &EventKey) {
        let names = self.names(key);
        let (mut pair, now) = (self.lock(&names), self.now());
        let shard = pair.of(names.id);
        let place = shard.find(names.id);
        if let Some((state, tag)) = place.and_then(|at| shard.live(at, now)) {
            shard.put(place, names.id, state.forgotten(now), tag);
        }
    }

    fn now(&self) -> u64 {
        millis(self.clock.elapsed())
    }

    fn names(&self, key: &EventKey) -> Names {
        let print = |kind: char, name: &[u8]| {
            let mut hasher = SipHasher13::new_with_keys(self.secret.0, self.secret.1);
            hasher.write(key.scope().as_str().as_bytes());
            // Scopes are made of lengths and text; no UTF-8 text holds this byte.
            hasher.write_u16(u16::from_le_bytes([0xff, kind as u8]));
            hasher.write(name);
            let print = hasher.finish128();
            [print.h1, print.h2]
        };
        let (kind, name) = key.name();
        Names {
            id: print(kind, name),
            content: key.content().map(|content| print('c', content)),
            checksum: key.checksum() & !HAS_ID,
        }
    }

    pub(super) fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        let names = &self.names(key);
        // Each round either decides or has made room that somebody else may have taken.
        for _ in 0..8 {
            let mut pair = self.lock(names);
            let now = self.now();
            self.give_back(pair.first.shard.expire(now, CLEARED_PER_CLAIM));
            let id = pair.of(names.id).find(names.id);
            let content = names.content.map(|content| (content, pair.of(content).find(content)));
            let (attempts, forgotten) = match pair.judge(names, id, content, now) {
                Verdict::Answer(claim) => return Ok(claim),
                Verdict::Free { attempts, forgotten } => (attempts, forgotten),
            };
            let is_new = content.is_some_and(|(_, place)| place.is_none());
            let new = usize::from(id.is_none()) + usize::from(is_new);
            if self.reserve(new) {
                let token = pair.next_token();
                let attempt = attempts.saturating_add(1);
                let until = now.saturating_add(millis(lease));
                let running = |attempt, forgotten| State::Running { attempt, token, until, forgotten };
                pair.of(names.id).put(id, names.id, running(attempt, forgotten), names.checksum);
                if let Some((content, place)) = content {
                    pair.of(content).put(place, content, running(1, false), names.owner());
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

    /// Puts what `next` makes of the time, the attempt number and whether it was forgotten in the place of a claim
    /// that `token` holds. Where the store knows nothing of the event, that holds too, unless it releases.
    fn end(
        &self,
        key: &EventKey,
        token: Token,
        releases: bool,
        next: impl Fn(&mut Shard, u64, (u16, bool)) -> State,
    ) -> Hold {
        let names = &self.names(key);
        let mut pair = self.lock(names);
        let now = self.now();
        let shard = pair.of(names.id);
        let place = shard.find(names.id);
        let was = match place.and_then(|at| shard.live(at, now)) {
            Some((State::Running { token: owner, attempt, forgotten, .. }, _)) if owner == short(token) => {
                (attempt, forgotten)
            }
            None if !releases => (1, false),
            _ => return Hold::Lost,
        };
        let mut content = None;
        if let Some(print) = names.content {
            let shard = pair.of(print);
            let place = shard.find(print);
            match place.and_then(|at| shard.live(at, now)) {
                Some((State::Running { token: owner, .. }, _)) if owner == short(token) => {
                    content = Some((print, place));
                }
                _ if releases => {}
                // Free: somebody else took the content over and let it go.
                None | Some((State::Free { .. } | State::Forgotten { .. }, _)) => {
                    content = Some((print, place));
                }
                // Taken over under another id, and perhaps done under it.
                Some(_) => return Hold::Lost,
            }
        }
        let end = |shard: &mut Shard, place: Option<u32>, print, tag, was| {
            // What is done must be remembered, even where there is no room for it.
            if place.is_none() {
                self.taken.fetch_add(1, Ordering::Relaxed);
            }
            let state = next(shard, now, was);
            shard.put(place, print, state, tag);
        };
        end(pair.of(names.id), place, names.id, names.checksum, was);
        match content {
            // The attempts are the id's.
            Some((content, Some(at))) if releases => {
                pair.of(content).remove(at);
                self.give_back(1);
            }
            Some((content, place)) => end(pair.of(content), place, content, names.owner(), (1, false)),
            None => {}
        }
        Hold::Held
    }

    fn reserve(&self, places: usize) -> bool {
        let free = |taken: usize| taken.checked_add(places).filter(|taken| *taken <= self.capacity);
        places == 0 || self.taken.fetch_update(Ordering::Relaxed, Ordering::Relaxed, free).is_ok()
    }

    fn give_back(&self, places: usize) {
        if places > 0 {
            self.taken.fetch_sub(places, Ordering::Relaxed);
        }
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
            self.give_back(cleared);
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
        let of = |print| shard_of(print) as usize;
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
    Free { attempts: u16, forgotten: bool },
}

impl Pair<'_> {
    /// A token that no claim of this store has had: shards count for themselves, each beside the others.
    fn next_token(&mut self) -> u64 {
        self.first.shard.count_claim() * SHARDS as u64 + shard_of(self.id)
    }

    fn of(&mut self, print: Print) -> &mut Shard {
        match &mut self.second {
            Some(second) if print != self.id => &mut second.shard,
            _ => &mut self.first.shard,
        }
    }

    /// What is known of an event whose id and content have these places.
    fn judge(
        &mut self,
        names: &Names,
        id: Option<u32>,
        content: Option<(Print, Option<u32>)>,
        now: u64,
    ) -> Verdict {
        let known = id.and_then(|at| self.of(names.id).live(at, now));
        let attempts = match known {
            Some((State::Running { until, .. }, _)) if until > now => return Verdict::running(until, now),
            Some((State::Done { status, .. }, tag)) => {
                let outcome = Outcome::new(status);
                return Verdict::Answer(match tag & HAS_ID {
                    0 => Claim::Done { outcome, mismatch: tag != names.checksum },
                    _ => Claim::Replayed { outcome },
                });
            }
            Some((State::Running { attempt, .. } | State::Free { attempt, .. }, _)) => attempt,
            Some((State::Forgotten { .. }, _)) | None => 0,
        };
        let forgotten = known.is_some_and(|(state, _)| state.is_forgotten());
        let free = Verdict::Free { attempts, forgotten };
        let Some((content, place)) = content else { return free };
        match place.and_then(|at| self.of(content).live(at, now)) {
            Some((_, owner)) if forgotten && owner == names.owner() => free,
            Some((State::Running { until, .. }, _)) if until > now => Verdict::running(until, now),
            Some((State::Done { status, .. }, owner)) => {
                let outcome = Outcome::new(status);
                Verdict::Answer(match owner == names.owner() {
                    // The id was evicted before its content.
                    true => Claim::Done { outcome, mismatch: false },
                    false => Claim::Replayed { outcome },
                })
            }
            _ => free,
        }
    }
}

impl Verdict {
    fn running(until: u64, now: u64) -> Self {
        Self::Answer(Claim::Running { retry_after: Duration::from_millis(until.saturating_sub(now)) })
    }
}

fn shard_of(print: Print) -> u64 {
    print[1] % SHARDS as u64
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn short(token: Token) -> u64 {
    // Tokens of this store are 64 bits wide; any other is nobody's.
    u64::try_from(token.get()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::SystemClock, delivery::EventId, store::Scope};

    /// RES-12: ids that collide for one store do not for another, and nobody is told the key.
    #[test]
    fn fingerprints_are_keyed_anew_in_each_store() {
        let table = || Table::new(10, WhenFull::default(), Box::new(SystemClock::default()));
        let id = EventId::new("evt_1").expect("an id");
        let key = EventKey::of_id(Scope::new("r", "p", None), id).with_content(Some([1; 16]), 1);
        let (one, other) = (table(), table());
        assert_eq!(one.names(&key).id, one.names(&key).id);
        assert_ne!(one.names(&key).id, other.names(&key).id);
        assert_ne!(one.names(&key).content, other.names(&key).content);
    }
}
