//! A store of your own, and the proof that it keeps the contract.
//!
//! Run it: `cargo run --example own_store --features axum,testing`.
//!
//! This one is a plain map behind a lock, to show the contract in the fewest lines. A real one is a
//! database that several processes share; each method is then one atomic statement.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use hookgate::{
    Receiver, StoreError,
    providers::Stripe,
    store::{Claim, EventKey, Hold, Outcome, Retention, Store, Token},
    testing::store_contract,
};

#[derive(Clone, Default)]
struct MapStore(Arc<Mutex<Map>>);

#[derive(Default)]
struct Map {
    events: HashMap<String, Entry>,
    tokens: u128,
}

#[derive(Clone)]
struct Entry {
    state: State,
    attempt: u32,
    /// For an id, the checksum of its body; for a content, whose it is.
    checksum: u64,
    owner: String,
    until: Instant,
    /// Whether it may run again with the content that it had.
    forgotten: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Running(Token),
    Done(Outcome),
    Free,
}

/// The names of an event: its id, and its content where that is claimed too.
fn names(key: &EventKey) -> Vec<String> {
    let name = |kind: char, name: &[u8]| format!("{}/{kind}/{name:?}", key.scope().as_str());
    let (kind, id) = key.name();
    std::iter::once(name(kind, id)).chain(key.content().map(|content| name('c', content))).collect()
}

/// For how long attempts are counted.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl MapStore {
    fn with<T>(&self, step: impl FnOnce(&mut Map) -> T) -> Result<T, StoreError> {
        let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        // The attempts of what runs are counted for a day beyond its lease.
        map.events.retain(|_, entry| match entry.state {
            State::Running(_) => entry.until + DAY > now,
            State::Free | State::Done(_) => entry.until > now,
        });
        Ok(step(&mut map))
    }

    fn end(&self, key: &EventKey, token: Token, state: State, keep: Duration) -> Result<Hold, StoreError> {
        self.with(|map| {
            let names = names(key);
            let known = map.events.get(&names[0]);
            let (attempt, forgotten) = match known.map(|entry| (entry.state, entry)) {
                Some((State::Running(owner), entry)) if owner == token => (entry.attempt, entry.forgotten),
                None if state != State::Free => (1, false),
                _ => return Hold::Lost,
            };
            let content = names.get(1).and_then(|name| map.events.get(name));
            let ours = match content.map(|entry| entry.state) {
                Some(State::Running(owner)) if owner == token => true,
                // Taken over under another id, and perhaps done under it.
                Some(State::Running(_) | State::Done(_)) if state != State::Free => return Hold::Lost,
                Some(State::Running(_) | State::Done(_)) => false,
                _ => state != State::Free,
            };
            let until = Instant::now() + keep;
            let held = if ours && state != State::Free { names.len() } else { 1 };
            map.put(&names[..held], key, (state, until), (attempt, forgotten));
            if let (State::Free, true, Some(content)) = (state, ours, names.get(1)) {
                map.events.remove(content);
            }
            Hold::Held
        })
    }
}

impl Map {
    /// The same under each name. Attempts, and whether it was forgotten, are the id's.
    fn put(
        &mut self,
        names: &[String],
        key: &EventKey,
        (state, until): (State, Instant),
        (attempt, forgotten): (u32, bool),
    ) {
        for (place, name) in names.iter().enumerate() {
            let (attempt, forgotten) = if place == 0 { (attempt, forgotten) } else { (1, false) };
            let (checksum, owner) = (key.checksum(), names[0].clone());
            self.events.insert(name.clone(), Entry { state, attempt, checksum, owner, until, forgotten });
        }
    }
}

impl Store for MapStore {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        self.with(|map| {
            let (names, now) = (names(key), Instant::now());
            let known = map.events.get(&names[0]).cloned();
            let running = |entry: &Entry| matches!(entry.state, State::Running(_)) && entry.until > now;
            if let Some(entry) = known.as_ref().filter(|entry| running(entry)) {
                return Claim::Running { retry_after: entry.until - now };
            }
            if let Some(Entry { state: State::Done(outcome), checksum, owner, .. }) = &known {
                return match *owner == names[0] {
                    true => Claim::Done { outcome: *outcome, mismatch: *checksum != key.checksum() },
                    // The content of an event that came with an id.
                    false => Claim::Replayed { outcome: *outcome },
                };
            }
            let forgotten = known.as_ref().is_some_and(|entry| entry.forgotten);
            if let Some(entry) = names.get(1).and_then(|content| map.events.get(content)) {
                let own = forgotten && entry.owner == names[0];
                match entry.state {
                    State::Running(_) if !own && entry.until > now => {
                        return Claim::Running { retry_after: entry.until - now };
                    }
                    State::Done(outcome) if !own => return Claim::Replayed { outcome },
                    _ => {}
                }
            }
            map.tokens += 1;
            let token = Token::new(map.tokens);
            let attempt = known.map_or(1, |entry| entry.attempt + 1);
            map.put(&names, key, (State::Running(token), now + lease), (attempt, forgotten));
            Claim::Won { token, attempt }
        })
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        self.end(key, token, State::Running(token), lease)
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        kept: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        self.end(key, token, State::Done(outcome), kept.keep)
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        self.end(key, token, State::Free, DAY)
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        self.with(|map| {
            if let Some(entry) = map.events.get_mut(&names(key)[0]) {
                (entry.state, entry.attempt, entry.forgotten) = (State::Free, 0, true);
            }
        })
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    store_contract(async || MapStore::default(), tokio::time::sleep).await;
    println!("the contract is kept");

    let secret = "whsec_test_0123456789abcdef0123456789abcdef";
    let receiver = Receiver::<Stripe>::builder().secret(secret).store(MapStore::default()).build()?;
    println!("{receiver:?}");
    Ok(())
}
