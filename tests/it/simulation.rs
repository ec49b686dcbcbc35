//! Whole receivers on a store that is late, fails and loses its answers: seeded schedules in time that is
//! simulated, so that what fails can be run again. Counted are the side effects.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, http::StatusCode};
use hookgate::{
    Clock, Store, StoreError, StoreErrorKind, UnixTime,
    axum::Delivery,
    store::{Claim, EventKey, Hold, MemoryStore, Outcome, Retention, Token},
};
use tokio::{task::JoinSet, time::Instant};
use twox_hash::XxHash3_64;

use crate::support::{Bench, app, ask, stripe};

const EVENTS: u64 = 12;
/// So often the provider sends each event, whatever it hears; and then until it hears a 2xx.
const DELIVERIES: u64 = 3;
const LEASE: Duration = Duration::from_secs(3);

/// Numbers that look random and are the same for the same seed, in the order in which they are asked for.
#[derive(Clone)]
struct Dice(u64, Arc<Mutex<u64>>);

impl Dice {
    fn below(&self, sides: u64) -> u64 {
        let mut rolled = self.1.lock().expect("dice");
        *rolled += 1;
        XxHash3_64::oneshot_with_seed(self.0, &rolled.to_be_bytes()) % sides
    }

    fn millis(&self, most: u64) -> Duration {
        Duration::from_millis(self.below(most))
    }
}

/// The runtime's time, which stands still while anything can run.
struct Simulated(Instant);

impl Clock for Simulated {
    fn now(&self) -> Option<UnixTime> {
        Some(UnixTime::from_secs(1_700_000_000))
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A store on the other side of a bad network. Of two calls in a row of one owner at most one goes wrong, so that
/// an owner that renews keeps its claim.
struct Distant {
    store: MemoryStore,
    dice: Dice,
    /// The owners whose last call went wrong.
    unlucky: Mutex<HashSet<Token>>,
}

impl Distant {
    async fn call<T>(
        &self,
        owner: Option<Token>,
        act: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        tokio::time::sleep(self.dice.millis(60)).await;
        let fate = {
            let mut unlucky = self.unlucky.lock().expect("fate");
            let was = owner.is_some_and(|owner| unlucky.remove(&owner));
            let fate = if was { 9 } else { self.dice.below(10) };
            unlucky.extend(owner.filter(|_| fate < 3));
            fate
        };
        if fate == 0 {
            return Err(StoreError::new(StoreErrorKind::Unavailable));
        }
        let answer = act.await;
        tokio::time::sleep(self.dice.millis(60)).await;
        match fate {
            // It acted, and nobody knows.
            1 | 2 => Err(StoreError::new(StoreErrorKind::TimedOut)),
            _ => answer,
        }
    }
}

impl Store for Distant {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        self.call(None, self.store.claim(key, lease)).await
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        self.call(Some(token), self.store.renew(key, token, lease)).await
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        self.call(Some(token), self.store.complete(key, token, retention, outcome)).await
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        self.call(Some(token), self.store.release(key, token)).await
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        self.call(None, self.store.forget(key)).await
    }
}

/// What was done for each event.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<BTreeMap<String, Page>>>);

#[derive(Clone, Copy, Debug, Default)]
struct Page {
    runs: u32,
    inside: u32,
    overlapped: bool,
    done: u32,
}

impl Book {
    fn write(&self, id: &str, change: impl FnOnce(&mut Page)) {
        change(self.0.lock().expect("a book").entry(id.to_owned()).or_default());
    }

    fn done(&self, id: &str) -> u32 {
        self.0.lock().expect("a book").get(id).map_or(0, |page| page.done)
    }
}

/// Leaves the handler, however it ends.
struct Inside(Book, String);

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.write(&self.1, |page| page.inside -= 1);
    }
}

/// A handler that is slow, fails and panics by the dice.
fn handler(dice: &Dice, book: &Book, receiver: &hookgate::Receiver<hookgate::providers::Stripe>) -> Router {
    let (dice, book) = (dice.clone(), book.clone());
    app(receiver, move |delivery: Delivery| {
        let (dice, book) = (dice.clone(), book.clone());
        async move {
            let id = delivery.id().expect("an id").to_string();
            book.write(&id, |page| {
                page.runs += 1;
                page.inside += 1;
                page.overlapped |= page.inside > 1;
            });
            let _inside = Inside(book.clone(), id.clone());
            tokio::time::sleep(dice.millis(4000)).await;
            match dice.below(4) {
                0 => StatusCode::BAD_GATEWAY,
                1 => panic!("by the dice"),
                _ => {
                    // The effect, and the end of the handler, with nothing in between.
                    book.write(&id, |page| page.done += 1);
                    StatusCode::NO_CONTENT
                }
            }
        }
    })
}

async fn run(seed: u64) -> BTreeMap<String, Page> {
    let (dice, book) = (Dice(seed, Arc::default()), Book::default());
    let memory = MemoryStore::builder().clock(Simulated(Instant::now())).build().expect("a store");
    let distant = Distant { store: memory, dice: dice.clone(), unlucky: Mutex::default() };
    let receiver = Bench::new().stripe().store(distant).lease(LEASE).build().expect("a receiver");
    let app = handler(&dice, &book, &receiver);
    let mut senders = JoinSet::new();
    for delivery in 0..EVENTS * DELIVERIES {
        let (app, dice, book) = (app.clone(), dice.clone(), book.clone());
        senders.spawn(async move {
            let id = format!("evt_{}", delivery % EVENTS);
            tokio::time::sleep(dice.millis(5000)).await;
            loop {
                // Some hang up while they wait.
                let patience = Duration::from_millis(500) + dice.millis(10_000);
                let signed = stripe(&id);
                let answer = tokio::time::timeout(patience, ask(&app, &signed)).await;
                if let Ok((200..=299, _)) = answer {
                    assert!(book.done(&id) > 0, "seed {seed}: {id} is acknowledged, and nothing was done");
                    return;
                }
                tokio::time::sleep(dice.millis(1000)).await;
            }
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent.expect("a sender");
    }
    receiver.shutdown(Duration::from_secs(3600)).await;
    let book = book.0.lock().expect("a book");
    book.clone()
}

#[tokio::test(start_paused = true)]
async fn on_a_bad_network_each_event_succeeds_once_and_never_beside_itself() {
    let mut runs = 0;
    for seed in 0..30 {
        let book = run(seed).await;
        assert_eq!(book.len() as u64, EVENTS, "seed {seed}");
        for (id, page) in book {
            assert!(page.done == 1 && !page.overlapped, "seed {seed}: {id}: {page:?}");
            runs += page.runs;
        }
    }
    assert!(u64::from(runs) > 30 * EVENTS * 3 / 2, "many of them failed first: {runs} runs");
}
