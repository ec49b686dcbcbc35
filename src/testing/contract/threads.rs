//! What must hold between threads: an interleaving of steps that wait for nothing in between.

use std::{
    future::{Future, poll_fn},
    hint::spin_loop,
    pin::Pin,
    sync::atomic::{
        AtomicUsize,
        Ordering::{Acquire, Release},
    },
    task::{Context, Poll},
    thread,
    time::Duration,
};

use super::key;
use crate::store::{Claim, EventKey, Store};

/// How many events are claimed by two threads each.
const RACES: usize = 500;
/// So few are begun at a time: while two threads wait for each other, nothing else of the runtime gets on, and a store's
/// own time for a call runs.
const AT_A_TIME: usize = 10;
/// However long all of them take, one after the other.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) async fn threads_have_one_winner<S: Store>(store: &S) {
    let keys: Vec<_> = (0..RACES).map(|race| key(&format!("threads {race}"))).collect();
    for (keys, first) in keys.chunks(AT_A_TIME).zip((0..).step_by(AT_A_TIME)) {
        race(store, keys, first).await;
    }
}

/// Claims each of these events on two threads.
async fn race<S: Store>(store: &S, keys: &[EventKey], first: usize) {
    let racers = || keys.iter().map(|key| Racer::Runs(Box::pin(store.claim(key, LONG)))).collect();
    let mut sides: [Vec<Racer<'_, _>>; 2] = [racers(), racers()];
    let mut at_once = true;
    poll_fn(|cx| {
        if std::mem::take(&mut at_once) {
            poll_at_once(&mut sides, cx);
        }
        let running = sides.iter_mut().flatten().filter_map(|racer| (!racer.poll(cx)).then_some(()));
        if running.count() == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let [left, right] = sides.map(|side| side.into_iter().map(Racer::won));
    for (race, (left, right)) in left.zip(right).enumerate() {
        assert!(left != right, "of two threads one wins: both {left} in race {}", first + race);
    }
}

enum Racer<'a, E> {
    Runs(Pin<Box<dyn Future<Output = Result<Claim, E>> + Send + 'a>>),
    Ended(Result<Claim, E>),
}

impl<E: std::fmt::Display> Racer<'_, E> {
    /// Whether it has ended.
    fn poll(&mut self, cx: &mut Context<'_>) -> bool {
        if let Self::Runs(future) = self
            && let Poll::Ready(claim) = future.as_mut().poll(cx)
        {
            *self = Self::Ended(claim);
        }
        matches!(self, Self::Ended(_))
    }

    fn won(self) -> bool {
        match self {
            Self::Ended(Ok(claim)) => matches!(claim, Claim::Won { .. }),
            Self::Ended(Err(error)) => panic!("claim: {error}"),
            Self::Runs(_) => unreachable!("all are polled to their end"),
        }
    }
}

/// Polls the racers of each side on a thread of its own, pair by pair at the same moment.
fn poll_at_once<E: std::fmt::Display + Send>(sides: &mut [Vec<Racer<'_, E>>; 2], cx: &mut Context<'_>) {
    let (waker, runtime) = (cx.waker(), Runtime::here());
    let [left, right] = sides;
    let (one, two) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for (racers, ours, other) in [(left, &one, &two), (right, &two, &one)] {
            let runtime = &runtime;
            scope.spawn(move || {
                let _runtime = runtime.enter();
                let ours = Turns(ours);
                for (turn, racer) in racers.iter_mut().enumerate() {
                    ours.0.store(turn + 1, Release);
                    wait_for(turn + 1, other);
                    racer.poll(&mut Context::from_waker(waker));
                }
            });
        }
    });
}

/// The other side does not wait for one that panicked.
struct Turns<'a>(&'a AtomicUsize);

impl Drop for Turns<'_> {
    fn drop(&mut self) {
        self.0.store(usize::MAX, Release);
    }
}

fn wait_for(turn: usize, other: &AtomicUsize) {
    for spun in 1_usize.. {
        if other.load(Acquire) >= turn {
            return;
        }
        match spun % 1000 {
            // It may want this processor.
            0 => thread::yield_now(),
            _ => spin_loop(),
        }
    }
}

/// The runtime of these checks, that a store's timers and connections belong to.
#[cfg(any(feature = "receiver", feature = "redis"))]
struct Runtime(Option<tokio::runtime::Handle>);

#[cfg(any(feature = "receiver", feature = "redis"))]
impl Runtime {
    fn here() -> Self {
        Self(tokio::runtime::Handle::try_current().ok())
    }

    fn enter(&self) -> Option<tokio::runtime::EnterGuard<'_>> {
        self.0.as_ref().map(tokio::runtime::Handle::enter)
    }
}

#[cfg(not(any(feature = "receiver", feature = "redis")))]
struct Runtime;

#[cfg(not(any(feature = "receiver", feature = "redis")))]
impl Runtime {
    fn here() -> Self {
        Self
    }

    fn enter(&self) -> impl Sized {}
}
