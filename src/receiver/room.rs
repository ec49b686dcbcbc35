//! The cap on body bytes held for strangers.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use tokio::sync::Notify;

static PROCESS: LazyLock<BodyRoom> = LazyLock::new(|| BodyRoom::new(64 * 1024 * 1024));

/// Room for body bytes of requests that are not authenticated yet.
///
/// All receivers of a process share one of 64 MiB unless they are given another. Bytes count as they
/// arrive, not as they are announced. Where there is no room for more, the requests that have been waiting
/// for their senders for longest give way and are answered 503 with `Retry-After`, so that stalled bodies
/// cannot keep honest ones out; a request for which no older one gives way is answered so itself.
#[derive(Clone, Debug)]
pub struct BodyRoom(Arc<Cap>);

#[derive(Debug)]
struct Cap {
    most: usize,
    held: AtomicUsize,
    /// Told whenever room is given back that somebody was made to give.
    freed: Notify,
    waiting: Mutex<Waiting>,
}

/// The requests that hold room and wait for their senders, by age.
#[derive(Debug, Default)]
struct Waiting {
    next: u64,
    holders: BTreeMap<u64, Holder>,
    /// Bytes of those that were told to give way and have not yet.
    leaving: usize,
}

#[derive(Debug)]
struct Holder {
    held: usize,
    leaving: bool,
    waker: Waker,
}

impl BodyRoom {
    /// Room for this many bytes.
    pub fn new(bytes: usize) -> Self {
        let (held, freed, waiting) = (AtomicUsize::new(0), Notify::new(), Mutex::default());
        Self(Arc::new(Cap { most: bytes, held, freed, waiting }))
    }

    /// The room that all receivers of this process share by default.
    pub fn process() -> Self {
        PROCESS.clone()
    }

    /// The bytes held right now.
    pub fn held(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }

    pub(super) fn enter(&self) -> Permit<'_> {
        Permit { cap: &self.0, held: 0, waits_as: None }
    }
}

impl Cap {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes that one request holds. Gives them back when dropped.
pub(super) struct Permit<'a> {
    cap: &'a Cap,
    held: usize,
    /// Its place by age, once it has waited.
    waits_as: Option<u64>,
}

impl Permit<'_> {
    /// Takes room for so many more bytes, if there is any. Costs a request that has not waited no lock.
    pub(super) fn try_grow(&mut self, bytes: usize) -> bool {
        let fits = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.cap.most);
        let grown = self.cap.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if grown {
            self.held += bytes;
            if let Some(place) = self.waits_as
                && let Some(holder) = self.cap.waiting().holders.get_mut(&place)
                && !holder.leaving
            {
                holder.held = self.held;
            }
        }
        grown
    }

    /// Takes room for so many more bytes, if there is any or older requests give way.
    pub(super) async fn grow(&mut self, bytes: usize) -> bool {
        loop {
            let mut freed = pin!(self.cap.freed.notified());
            freed.as_mut().enable();
            if self.try_grow(bytes) {
                return true;
            }
            match self.make_way(bytes) {
                None => return false,
                // Given back meanwhile by somebody who was not made to, and so tells nobody.
                Some(0) => continue,
                Some(_) => {}
            }
            let told = poll_fn(|cx| match self.poll_give_way(cx) {
                Poll::Ready(()) => Poll::Ready(false),
                Poll::Pending => freed.as_mut().poll(cx).map(|()| true),
            });
            if !told.await {
                return false;
            }
        }
    }

    /// Tells as many older requests to give way as must, the oldest first; none where all of them together
    /// would not be enough. Says how many bytes are on their way out, where there will be room.
    fn make_way(&self, bytes: usize) -> Option<usize> {
        let mut waiting = self.cap.waiting();
        let stays = self.cap.held.load(Ordering::Relaxed).saturating_sub(waiting.leaving);
        let missing = stays.saturating_add(bytes).saturating_sub(self.cap.most);
        let younger = self.waits_as.unwrap_or(u64::MAX);
        let mut found = 0;
        let older = waiting.holders.range_mut(..younger).map(|(_, holder)| holder);
        let go: Vec<&mut Holder> = older
            .filter(|holder| !holder.leaving)
            .take_while(|holder| {
                let more = found < missing;
                found += if more { holder.held } else { 0 };
                more
            })
            .collect();
        if found < missing {
            return None;
        }
        for holder in go {
            holder.leaving = true;
            holder.waker.wake_by_ref();
        }
        waiting.leaving += found;
        Some(waiting.leaving)
    }

    /// Waits for this, unless the request is to give way meanwhile.
    #[cfg(feature = "keys")]
    pub(super) async fn wait_for<T>(&mut self, awaited: impl Future<Output = T>) -> Option<T> {
        let mut awaited = pin!(awaited);
        poll_fn(|cx| match awaited.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending => self.poll_give_way(cx).map(|()| None),
        })
        .await
    }

    /// All of the request is there: it waits for nobody, and gives way to nobody.
    pub(super) fn complete(&mut self) {
        if let Some(place) = self.waits_as {
            let mut waiting = self.cap.waiting();
            if waiting.holders.get(&place).is_some_and(|holder| !holder.leaving) {
                waiting.holders.remove(&place);
                self.waits_as = None;
            }
        }
    }

    /// The sender keeps this request waiting. Ready when it is to give way.
    pub(super) fn poll_give_way(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.held == 0 {
            return Poll::Pending;
        }
        let mut waiting = self.cap.waiting();
        let place = *self.waits_as.get_or_insert_with(|| {
            waiting.next += 1;
            let holder = Holder { held: self.held, leaving: false, waker: cx.waker().clone() };
            let place = waiting.next;
            waiting.holders.insert(place, holder);
            place
        });
        match waiting.holders.get_mut(&place) {
            Some(holder) if !holder.leaving => {
                holder.waker.clone_from(cx.waker());
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.cap.held.fetch_sub(self.held, Ordering::Relaxed);
        let Some(place) = self.waits_as else { return };
        let mut waiting = self.cap.waiting();
        if let Some(holder) = waiting.holders.remove(&place).filter(|holder| holder.leaving) {
            waiting.leaving = waiting.leaving.saturating_sub(holder.held);
            drop(waiting);
            self.cap.freed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now<F: Future>(future: F) -> Option<F::Output> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    fn gives_way(permit: &mut Permit<'_>) -> bool {
        permit.poll_give_way(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn a_process_has_room_for_64_mib() {
        assert_eq!(PROCESS.0.most, 67_108_864);
    }

    #[test]
    fn as_few_give_way_as_must() {
        let room = BodyRoom::new(10);
        let [mut old, mut young, mut newest] = [(); 3].map(|()| room.enter());
        for permit in [&mut old, &mut young] {
            assert!(permit.try_grow(2) && !gives_way(permit));
            // What it takes after it has waited counts too.
            assert!(permit.try_grow(2) && !gives_way(permit));
        }
        assert_eq!(now(newest.grow(6)), None, "two are free, and four of the oldest");
        assert!(gives_way(&mut old) && !gives_way(&mut young));
        // What was told to give way is on its way, whatever else it gets.
        old.complete();
        assert!(gives_way(&mut old));
        drop(old);
        assert_eq!(now(newest.grow(6)), Some(true));
        drop(newest);
        // One that is complete waits for nobody, and gives way to nobody.
        young.complete();
        let mut next = room.enter();
        assert_eq!(now(next.grow(7)), Some(false));
        assert_eq!(now(next.grow(6)), Some(true));
        drop((young, next));
        assert_eq!(room.held(), 0);
    }

    #[test]
    fn nobody_is_waited_for_where_nobody_leaves() {
        let room = BodyRoom::new(10);
        let [mut old, newest] = [(); 2].map(|()| room.enter());
        assert!(old.try_grow(4) && !gives_way(&mut old));
        assert_eq!(newest.make_way(6), Some(0), "there is room already");
        assert_eq!(newest.make_way(11), None);
        assert_eq!(newest.make_way(7), Some(4));
        assert_eq!(newest.make_way(6), Some(4), "and it is waited for");
        assert!(gives_way(&mut old));
    }

    #[test]
    fn room_is_given_back() {
        let room = BodyRoom::new(10);
        let mut first = room.enter();
        let mut second = room.enter();
        let grown = [now(first.grow(6)), now(second.grow(5)), now(second.grow(4)), now(first.grow(1))];
        assert_eq!(grown, [Some(true), Some(false), Some(true), Some(false)]);
        drop(first);
        assert_eq!(room.held(), 4);
        assert_eq!(now(second.grow(6)), Some(true));
        drop(second);
        assert_eq!(room.held(), 0);
    }

    #[test]
    fn who_waits_longest_gives_way_first_and_never_to_an_older_one() {
        let room = BodyRoom::new(10);
        let [mut old, mut middle, mut young, mut newest] = [(); 4].map(|()| room.enter());
        for permit in [&mut old, &mut middle, &mut young] {
            assert_eq!(now(permit.grow(3)), Some(true));
            assert!(!gives_way(permit));
        }
        assert_eq!(now(newest.grow(11)), Some(false), "more than there is");
        assert!(![&mut old, &mut middle, &mut young].into_iter().any(gives_way), "so nobody has to go");
        {
            let mut growing = Box::pin(newest.grow(6));
            let mut poll = || growing.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert_eq!(poll(), Poll::Pending);
            assert!(gives_way(&mut old) && gives_way(&mut middle) && !gives_way(&mut young));
            assert_eq!(room.held(), 9, "what is held is counted until it is gone");
            drop(old);
            assert_eq!(poll(), Poll::Pending);
            drop(middle);
            assert_eq!(poll(), Poll::Ready(true));
        }
        assert_eq!(room.held(), 9);
        assert!(!gives_way(&mut newest));
        assert_eq!(now(young.grow(2)), Some(false), "the older one does not push the newer one out");
        assert_eq!(now(newest.grow(2)), None);
        assert!(gives_way(&mut young));
        drop((young, newest));
        assert_eq!(room.held(), 0);
    }
}
