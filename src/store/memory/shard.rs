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
/// The most lists: two, and one for each retention until there are no more.
const MOST_LINES: usize = 16;
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
    Running {
        attempt: u16,
        token: u64,
        until: u64,
        forgotten: bool,
    },
    Done {
        lane: u8,
        status: u16,
        until: u64,
        protected: u64,
    },
    /// Was done, and may run again with the content that it was done with: as long as that is remembered.
    Forgotten {
        lane: u8,
        until: u64,
        protected: u64,
    },
    Free {
        attempt: u16,
        until: u64,
        forgotten: bool,
    },
}

impl State {
    fn list(&self) -> usize {
        match self {
            // A run that was forgotten must hear of it: what says so goes when its lease would have lapsed.
            Self::Running { .. } | Self::Free { forgotten: true, .. } => RUNNING,
            Self::Free { .. } => FREE,
            Self::Done { lane, .. } | Self::Forgotten { lane, .. } => usize::from(*lane),
        }
    }

    /// When the entry says nothing any more.
    fn ends(&self) -> u64 {
        match self {
            Self::Running { until, .. } => until.saturating_add(LINGER),
            Self::Done { until, .. } | Self::Forgotten { until, .. } | Self::Free { until, .. } => *until,
        }
    }

    /// How this looks at the head of its list. `keep`: for how long the list's done events are kept.
    fn front(&self, keep: u64) -> Front {
        let ends = self.ends();
        match *self {
            Self::Running { until, .. } => Front { ends, done: 0, evictable: until },
            Self::Free { forgotten: true, .. } => {
                Front { ends, done: 0, evictable: ends.saturating_sub(LINGER) }
            }
            Self::Free { .. } => Front { ends, done: 0, evictable: 0 },
            Self::Done { until, protected, .. } | Self::Forgotten { until, protected, .. } => {
                let done = until.saturating_sub(keep);
                Front { ends, done, evictable: done.max(protected) }
            }
        }
    }

    pub(super) fn free(attempt: u16, now: u64, forgotten: bool) -> Self {
        Self::Free { attempt, until: now.saturating_add(LINGER), forgotten }
    }

    /// What becomes of this when it is forgotten.
    pub(super) fn forgotten(self, now: u64) -> Self {
        match self {
            Self::Done { lane, until, protected, .. } | Self::Forgotten { lane, until, protected } => {
                Self::Forgotten { lane, until, protected }
            }
            Self::Running { until, .. } => Self::free(0, now.max(until), true),
            Self::Free { .. } => Self::free(0, now, true),
        }
    }

    /// Whether it may run again with the content that it had.
    pub(super) fn is_forgotten(&self) -> bool {
        matches!(
            self,
            Self::Forgotten { .. }
                | Self::Free { forgotten: true, .. }
                | Self::Running { forgotten: true, .. }
        )
    }
}

/// When an entry of a shard can go, readable without its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Outlook {
    /// When the next entry has expired.
    pub(super) expires: u64,
    /// When the next entry may be evicted.
    pub(super) evictable: u64,
}

/// What there is to know of the entry at the head of a list, kept beside it: the oldest entries are
/// the ones that no cache holds.
#[derive(Clone, Copy)]
struct Front {
    /// When it says nothing any more.
    ends: u64,
    /// When it was done. Only of use for a done event.
    done: u64,
    /// From when on it may be evicted.
    evictable: u64,
}

impl Front {
    const NONE: Self = Self { ends: u64::MAX, done: u64::MAX, evictable: u64::MAX };
}

struct Line {
    list: List,
    front: Front,
}

impl Default for Line {
    fn default() -> Self {
        Self { list: List::default(), front: Front::NONE }
    }
}

#[derive(Default)]
pub(super) struct Shard {
    index: HashTable<Slot>,
    slab: Slab,
    /// Running, free, and one for each retention.
    lines: [Line; MOST_LINES],
    /// The retentions of the lists from the third on: for how long events are kept, and protected.
    lanes: Vec<(u64, u64)>,
    claims: u64,
}

impl Shard {
    /// How many claims have been won here, this one included.
    pub(super) fn count_claim(&mut self) -> u64 {
        self.claims += 1;
        self.claims
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
                self.unlink(from, at);
                let entry = self.slab.get_mut(at);
                (entry.state, entry.tag) = (state, tag);
                self.push(state.list(), at);
            }
            None => {
                let at = self.slab.insert(Entry { print, state, tag, previous: NIL, next: NIL });
                self.push(state.list(), at);
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

    /// The list for done events that are kept and protected for so long, so that none waits behind one that may
    /// stay for longer. Retentions beyond the last list share that, and there they may.
    pub(super) fn lane(&mut self, keep: u64, at_least: u64) -> u8 {
        let lane = self.lanes.iter().position(|known| *known == (keep, at_least)).unwrap_or_else(|| {
            if self.lanes.len() < MOST_LINES - 2 {
                self.lanes.push((keep, at_least));
            }
            self.lanes.len() - 1
        });
        (lane + 2) as u8
    }

    /// Removes up to `most` entries that have expired, and says how many.
    pub(super) fn expire(&mut self, now: u64, most: usize) -> usize {
        let mut gone = 0;
        for list in 0..self.lanes.len() + 2 {
            while gone < most && self.front(list).ends <= now {
                self.remove_oldest(list);
                gone += 1;
            }
        }
        gone
    }

    /// Removes the entry that is missed least: an attempt count, a lapsed claim, or the oldest done
    /// event that is out of its protection. Says whether it was a done event.
    pub(super) fn evict(&mut self, now: u64, done_too: bool) -> Option<bool> {
        for list in [FREE, RUNNING] {
            if self.front(list).evictable <= now {
                self.remove_oldest(list);
                return Some(false);
            }
        }
        let fronts = self.used().map(|line| line.front).enumerate().skip(2);
        let evictable = fronts.filter(|(_, front)| done_too && front.evictable <= now);
        let (list, _) = evictable.min_by_key(|(_, front)| front.done)?;
        self.remove_oldest(list);
        Some(true)
    }

    pub(super) fn outlook(&self, done_too: bool) -> Outlook {
        let mut outlook = Outlook { expires: u64::MAX, evictable: u64::MAX };
        for (list, Line { front, .. }) in self.used().enumerate() {
            outlook.expires = outlook.expires.min(front.ends);
            if done_too || list <= FREE {
                outlook.evictable = outlook.evictable.min(front.evictable);
            }
        }
        outlook
    }

    fn used(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().take(self.lanes.len() + 2)
    }

    fn front(&self, list: usize) -> Front {
        self.lines.get(list).map_or(Front::NONE, |line| line.front)
    }

    fn remove_oldest(&mut self, list: usize) {
        if let Some(at) = self.lines.get(list).map(|line| line.list.head).filter(|at| *at != NIL) {
            self.remove(at);
        }
    }

    pub(super) fn remove(&mut self, at: u32) {
        let Entry { print, state, .. } = *self.slab.get(at);
        let bits = Slot::bits(print);
        self.unlink(state.list(), at);
        if let Ok(found) = self.index.find_entry(Slot::hash(bits), |slot| slot.at == at) {
            found.remove();
        }
        self.slab.remove(at);
    }

    fn push(&mut self, list: usize, at: u32) {
        self.relink(list, |slab, list| slab.push(list, at));
    }

    fn unlink(&mut self, list: usize, at: u32) {
        self.relink(list, |slab, list| slab.unlink(list, at));
    }

    /// Changes a list, and looks at its first entry where that is another one then.
    fn relink(&mut self, list: usize, change: impl FnOnce(&mut Slab, &mut List)) {
        let keep = list.checked_sub(2).and_then(|lane| self.lanes.get(lane)).map_or(0, |(keep, _)| *keep);
        let Some(line) = self.lines.get_mut(list) else { return };
        let before = line.list.head;
        change(&mut self.slab, &mut line.list);
        match line.list.head {
            head if head == before => {}
            NIL => line.front = Front::NONE,
            head => line.front = self.slab.get(head).state.front(keep),
        }
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
        let (long, short) = (shard.lane(1000, 0), shard.lane(10, 0));
        let done = |lane, until| State::Done { lane, status: 200, until, protected: 0 };
        shard.set([1, 1], done(long, 1000), 0);
        shard.set([2, 2], done(short, 12), 0);
        shard.set([3, 3], State::Running { attempt: 1, token: 1, until: 50, forgotten: false }, 0);
        assert_eq!(shard.outlook(true).expires, 12);
        assert_eq!(shard.expire(11, 9), 0);
        assert_eq!(shard.expire(12, 9), 1);
        let holds = |print| shard.find(print).is_some();
        assert!(!holds([2, 2]) && holds([1, 1]) && holds([3, 3]));
        assert_eq!(shard.find([1, 1]).and_then(|at| shard.live(at, 1000)), None);
        assert_eq!(shard.expire(1000, 0), 0);
    }

    #[test]
    fn running_claims_stay_and_lapsed_ones_go_before_done_events() {
        let mut shard = Shard::default();
        let lane = shard.lane(1000, 100);
        shard.set([1, 1], State::Done { lane, status: 200, until: 1000, protected: 100 }, 0);
        shard.set([2, 2], State::Running { attempt: 1, token: 1, until: 50, forgotten: false }, 0);
        assert_eq!(shard.evict(49, true), None);
        assert_eq!(shard.evict(50, true), Some(false));
        assert_eq!(shard.evict(99, true), None);
        assert_eq!(shard.evict(100, false), None);
        assert_eq!(shard.evict(100, true), Some(true));
        assert_eq!(shard.evict(100, true), None);
    }

    #[test]
    fn of_done_events_the_oldest_goes_first_however_long_it_is_kept() {
        let mut shard = Shard::default();
        let (long, short) = (shard.lane(1000, 0), shard.lane(10, 0));
        let done = |lane, until| State::Done { lane, status: 200, until, protected: 0 };
        shard.set([1, 1], done(long, 1000), 0);
        shard.set([2, 2], done(short, 15), 0);
        assert_eq!(shard.evict(14, true), Some(true));
        assert!(shard.find([1, 1]).is_none() && shard.find([2, 2]).is_some());
    }

    #[test]
    fn a_run_that_was_forgotten_keeps_no_attempt_count_from_being_evicted() {
        let mut shard = Shard::default();
        let running = State::Running { attempt: 1, token: 1, until: 50, forgotten: false };
        shard.set([1, 1], running.forgotten(0), 0);
        shard.set([2, 2], State::free(1, 0, false), 0);
        assert_eq!(shard.outlook(true).evictable, 0);
        assert_eq!(shard.evict(10, true), Some(false));
        assert!(shard.find([1, 1]).is_some() && shard.find([2, 2]).is_none());
    }

    #[test]
    fn the_outlook_is_when_the_next_may_go() {
        let mut shard = Shard::default();
        let evictable = |shard: &Shard| [true, false].map(|done_too| shard.outlook(done_too).evictable);
        assert_eq!(evictable(&shard), [u64::MAX, u64::MAX]);
        let (long, short) = (shard.lane(1000, 0), shard.lane(10, 0));
        shard.set([1, 1], State::Done { lane: short, status: 200, until: 12, protected: 5 }, 0);
        assert_eq!(evictable(&shard), [5, u64::MAX]);
        // One that is protected for longer hides nothing, although it was done before.
        shard.set([2, 2], State::Done { lane: long, status: 200, until: 1001, protected: 100 }, 0);
        assert_eq!(evictable(&shard), [5, u64::MAX]);
        shard.set([3, 3], State::Running { attempt: 1, token: 1, until: 150, forgotten: false }, 0);
        assert_eq!(evictable(&shard), [5, 150]);
        shard.set([4, 4], State::free(1, 0, false), 0);
        assert_eq!(evictable(&shard), [0, 0]);
        assert_eq!(shard.outlook(true).expires, 12);
    }

    #[test]
    fn places_are_used_again() {
        let mut shard = Shard::default();
        for round in 0..1000_u64 {
            shard.set([round, round], State::free(1, round, false), 0);
            assert_eq!(shard.evict(round, true), Some(false));
        }
        let at = shard.slab.insert(Entry {
            print: [0, 0],
            state: State::free(0, 0, false),
            tag: 0,
            previous: NIL,
            next: NIL,
        });
        assert!(at < 2);
    }
}
