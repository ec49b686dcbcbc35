//! One shard: a table of entries and, for each way an entry can end, a list in that order.

use hashbrown::HashTable;

use super::slab::{List, NIL, Slab};

/// The keyed fingerprint of a name.
pub(super) type Print = [u64; 2];

/// Where an entry is, with bits of its fingerprint beside it: growing the index touches no entry.
#[derive(Clone, Copy)]
struct Slot {
    at: u32,
    bits: u32,
}

impl Slot {
    fn bits(print: Print) -> u32 {
        print[0] as u32
    }

    /// The index wants bits at both ends.
    fn hash(bits: u32) -> u64 {
        u64::from(bits) << 32 | u64::from(bits)
    }
}

/// How long a claim that lapsed, or the number of attempts of a released event, is kept: a day.
const LINGER: u64 = 24 * 60 * 60 * 1000;
/// The most different retention times that get a list of their own.
const MOST_LANES: usize = 8;
const RUNNING: usize = 0;
const FREE: usize = 1;

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) print: Print,
    pub(super) state: State,
    /// For an id: the checksum of the body. For a content: part of its id's fingerprint.
    pub(super) tag: u64,
    pub(super) previous: u32,
    pub(super) next: u32,
}

/// Times are milliseconds of the store's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Running { attempt: u16, token: u64, until: u64 },
    Done { lane: u8, status: u16, until: u64, protected: u64 },
    Free { attempt: u16, until: u64 },
}

impl State {
    fn list(&self) -> usize {
        match self {
            Self::Running { .. } => RUNNING,
            Self::Free { .. } => FREE,
            Self::Done { lane, .. } => usize::from(*lane),
        }
    }

    /// When the entry says nothing any more.
    fn ends(&self) -> u64 {
        match self {
            Self::Running { until, .. } => until.saturating_add(LINGER),
            Self::Done { until, .. } | Self::Free { until, .. } => *until,
        }
    }

    pub(super) fn free(attempt: u16, now: u64) -> Self {
        Self::Free { attempt, until: now.saturating_add(LINGER) }
    }
}

/// When an entry of a shard can go, readable without its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outlook {
    /// When the next entry has expired.
    pub(super) expires: u64,
    /// When the oldest done event was done and is out of its protection, whichever is later.
    pub(super) evictable: u64,
}

#[derive(Default)]
pub(super) struct Shard {
    index: HashTable<Slot>,
    slab: Slab,
    /// Running, free, and one for each retention time.
    lists: [List; MOST_LANES],
    /// The retention times of the lists from the third on.
    lanes: Vec<u64>,
}

impl Shard {
    /// The state under this fingerprint, unless it has expired.
    pub(super) fn get(&self, print: Print, now: u64) -> Option<(State, u64)> {
        self.live(self.find(print)?, now)
    }

    /// The state at this place, unless it has expired.
    pub(super) fn live(&self, at: u32, now: u64) -> Option<(State, u64)> {
        let entry = self.slab.get(at);
        (entry.state.ends() > now).then_some((entry.state, entry.tag))
    }

    /// The place of this fingerprint, expired or not.
    pub(super) fn find(&self, print: Print) -> Option<u32> {
        let bits = Slot::bits(print);
        let same = |slot: &Slot| slot.bits == bits && self.slab.get(slot.at).print == print;
        self.index.find(Slot::hash(bits), same).map(|slot| slot.at)
    }

    /// Puts a state under this fingerprint, at the place that [`find`](Self::find) found for it.
    pub(super) fn put(&mut self, place: Option<u32>, print: Print, state: State, tag: u64) {
        match place {
            Some(at) => {
                let from = self.slab.get(at).state.list();
                unlink(&mut self.lists, &mut self.slab, from, at);
                let entry = self.slab.get_mut(at);
                (entry.state, entry.tag) = (state, tag);
                push(&mut self.lists, &mut self.slab, state.list(), at);
            }
            None => {
                let at = self.slab.insert(Entry { print, state, tag, previous: NIL, next: NIL });
                push(&mut self.lists, &mut self.slab, state.list(), at);
                let slot = Slot { at, bits: Slot::bits(print) };
                self.index.insert_unique(Slot::hash(slot.bits), slot, |slot| Slot::hash(slot.bits));
            }
        }
    }

    /// Puts a state under this fingerprint, in the place it has or in a new one.
    #[cfg(test)]
    fn set(&mut self, print: Print, state: State, tag: u64) {
        self.put(self.find(print), print, state, tag);
    }

    /// The list for done events that are kept for so long. Beyond the eighth retention time they
    /// share the last list, where expired entries may wait behind longer-lived ones.
    pub(super) fn lane(&mut self, keep: u64) -> u8 {
        let lane = self.lanes.iter().position(|known| *known == keep).unwrap_or_else(|| {
            if self.lanes.len() < MOST_LANES - 2 {
                self.lanes.push(keep);
            }
            self.lanes.len() - 1
        });
        (lane + 2) as u8
    }

    /// Removes up to `most` entries that have expired, and says how many.
    pub(super) fn expire(&mut self, now: u64, most: usize) -> usize {
        let mut gone = 0;
        for list in 0..self.lanes.len() + 2 {
            while gone < most {
                match self.oldest(list) {
                    Some((at, state)) if state.ends() <= now => self.remove(at, list),
                    _ => break,
                }
                gone += 1;
            }
        }
        gone
    }

    /// Removes the entry that is missed least: an attempt count, a lapsed claim, or the oldest done
    /// event that is out of its protection and was done at `evictable` (see [`Outlook`]). Says
    /// whether it was a done event.
    pub(super) fn evict(&mut self, now: u64, done_too: bool) -> Option<bool> {
        if let Some((at, _)) = self.oldest(FREE) {
            self.remove(at, FREE);
            return Some(false);
        }
        if let Some((at, State::Running { until, .. })) = self.oldest(RUNNING)
            && until <= now
        {
            self.remove(at, RUNNING);
            return Some(false);
        }
        let (list, at) = self
            .oldest_done()
            .filter(|_| done_too)
            .and_then(|(list, at, evictable)| (evictable <= now).then_some((list, at)))?;
        self.remove(at, list);
        Some(true)
    }

    pub(super) fn outlook(&self, done_too: bool) -> Outlook {
        let expires =
            (0..self.lanes.len() + 2).filter_map(|list| self.oldest(list)).map(|(_, state)| state.ends());
        let free = self.oldest(FREE).map(|_| 0);
        let lapsed = self.oldest(RUNNING).and_then(|(_, state)| match state {
            State::Running { until, .. } => Some(until),
            _ => None,
        });
        let done = self.oldest_done().filter(|_| done_too).map(|(_, _, evictable)| evictable);
        Outlook {
            expires: expires.min().unwrap_or(u64::MAX),
            evictable: free.into_iter().chain(lapsed).chain(done).min().unwrap_or(u64::MAX),
        }
    }

    /// The done event that was done first, its list, and from when on it may be evicted.
    fn oldest_done(&self) -> Option<(usize, u32, u64)> {
        let heads = self.lanes.iter().enumerate().filter_map(|(lane, keep)| {
            let list = lane + 2;
            let (at, state) = self.oldest(list)?;
            let State::Done { until, protected, .. } = state else { return None };
            Some((list, at, until.saturating_sub(*keep), protected))
        });
        heads
            .min_by_key(|(_, _, done, _)| *done)
            .map(|(list, at, done, protected)| (list, at, done.max(protected)))
    }

    fn oldest(&self, list: usize) -> Option<(u32, State)> {
        let head = self.lists.get(list)?.head;
        (head != NIL).then(|| (head, self.slab.get(head).state))
    }

    fn remove(&mut self, at: u32, list: usize) {
        let bits = Slot::bits(self.slab.get(at).print);
        unlink(&mut self.lists, &mut self.slab, list, at);
        if let Ok(found) = self.index.find_entry(Slot::hash(bits), |slot| slot.at == at) {
            found.remove();
        }
        self.slab.remove(at);
    }
}

fn push(lists: &mut [List], slab: &mut Slab, list: usize, at: u32) {
    if let Some(list) = lists.get_mut(list) {
        slab.push(list, at);
    }
}

fn unlink(lists: &mut [List], slab: &mut Slab, list: usize, at: u32) {
    if let Some(list) = lists.get_mut(list) {
        slab.unlink(list, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_as_small_as_promised() {
        assert_eq!(size_of::<Entry>(), 56);
    }

    #[test]
    fn entries_leave_in_the_order_they_end() {
        let mut shard = Shard::default();
        let (long, short) = (shard.lane(1000), shard.lane(10));
        let done = |lane, until| State::Done { lane, status: 200, until, protected: 0 };
        shard.set([1, 1], done(long, 1000), 0);
        shard.set([2, 2], done(short, 12), 0);
        shard.set([3, 3], State::Running { attempt: 1, token: 1, until: 50 }, 0);
        assert_eq!(shard.outlook(true).expires, 12);
        assert_eq!(shard.expire(11, 9), 0);
        assert_eq!(shard.expire(12, 9), 1);
        let holds = |print| shard.find(print).is_some();
        assert!(!holds([2, 2]) && holds([1, 1]) && holds([3, 3]));
        assert_eq!(shard.get([1, 1], 1000), None);
        assert_eq!(shard.expire(1000, 0), 0);
    }

    #[test]
    fn running_claims_stay_and_lapsed_ones_go_before_done_events() {
        let mut shard = Shard::default();
        let lane = shard.lane(1000);
        shard.set([1, 1], State::Done { lane, status: 200, until: 1000, protected: 100 }, 0);
        shard.set([2, 2], State::Running { attempt: 1, token: 1, until: 50 }, 0);
        assert_eq!(shard.evict(49, true), None);
        assert_eq!(shard.evict(50, true), Some(false));
        assert_eq!(shard.evict(99, true), None);
        assert_eq!(shard.evict(100, false), None);
        assert_eq!(shard.evict(100, true), Some(true));
        assert_eq!(shard.evict(100, true), None);
    }

    #[test]
    fn places_are_used_again() {
        let mut shard = Shard::default();
        for round in 0..1000_u64 {
            shard.set([round, round], State::free(1, round), 0);
            assert_eq!(shard.evict(round, true), Some(false));
        }
        let at = shard.slab.insert(Entry {
            print: [0, 0],
            state: State::free(0, 0),
            tag: 0,
            previous: NIL,
            next: NIL,
        });
        assert!(at < 2);
    }
}
