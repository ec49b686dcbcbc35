//! The [`Store`] contract as a table that is too simple to be wrong, and a walk that compares a store
//! with it.

// Panicking is how this says what is wrong.
#![allow(clippy::panic)]

use std::{collections::HashMap, time::Duration};

use crate::{
    delivery::EventId,
    store::{Claim, EventKey, Hold, Outcome, Retention, Scope, Store, Token},
};

const LEASE: Duration = Duration::from_secs(60);
const KEPT: Duration = Duration::from_secs(600);

/// Takes so many random steps on a store and compares each answer with that of a model of the
/// [`Store`] contract: claims, renewals, completions and releases of owners and of former owners, some of
/// them forgotten, over a few ids that share a few contents. Panics with the step at which they differ; the
/// same `seed` takes the same steps.
///
/// `pass` lets the store's clock move on by **exactly** this much. Without one the walk takes no time, which
/// is what stores on a clock of their own can be compared by: leases are a minute, so let it end before.
///
/// ```
/// use hookgate::{store::MemoryStore, testing::{ManualClock, store_model}, UnixTime};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let clock = ManualClock::new(UnixTime::from_secs(0));
/// let store = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
/// store_model(&store, 1, 1000, Some(&|by| clock.advance(by))).await;
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
///
/// Where the store differs from the model, or answers with an error.
pub async fn store_model<S: Store>(store: &S, seed: u64, steps: usize, pass: Option<&dyn Fn(Duration)>) {
    let (mut dice, mut model) = (Dice(seed), Model::default());
    // All claims that were ever won: most of them are of no more use.
    let mut tokens: Vec<(Names, Token)> = Vec::new();
    for step in 0..steps {
        let at = format!("seed {seed}, step {step}");
        let pick = dice.below(tokens.len().clamp(1, 8) as u64) as usize;
        let recent = tokens.len().checked_sub(pick + 1).and_then(|at| tokens.get(at)).copied();
        match (dice.below(20), recent) {
            (0..=9, _) | (_, None) => {
                let names = Names::throw(&mut dice);
                let said = store.claim(&names.key(seed), LEASE).await;
                let said = said.unwrap_or_else(|error| panic!("{at}: claim {names:?}: {error}"));
                if let Claim::Won { token, .. } = said {
                    assert!(tokens.iter().all(|(_, known)| *known != token), "{at}: a token twice");
                    tokens.push((names, token));
                }
                model.claim(names, said, &at);
            }
            (10..=18, Some((names, token))) => {
                let key = names.key(seed);
                let (op, said, due) = match dice.below(8) {
                    0..=2 => {
                        let outcome = Outcome::new(if dice.below(2) == 0 { 200 } else { 422 });
                        let retention = Retention::new(KEPT, Duration::ZERO);
                        let said = store.complete(&key, token, retention, outcome).await;
                        ("complete", said, model.complete(names, token, outcome))
                    }
                    3..=4 => ("release", store.release(&key, token).await, model.release(names, token)),
                    5..=6 => ("renew", store.renew(&key, token, LEASE).await, model.renew(names, token)),
                    _ => {
                        model.forget(names);
                        ("forget", store.forget(&key).await.map(|()| Hold::Held), Hold::Held)
                    }
                };
                let said = said.unwrap_or_else(|error| panic!("{at}: {op} {names:?}: {error}"));
                assert_eq!(said, due, "{at}: {op} {names:?}");
            }
            _ => {
                if let Some(pass) = pass {
                    let by = Duration::from_millis(dice.below(90_000));
                    model.now += by;
                    pass(by);
                }
            }
        }
    }
}

/// Numbers that look random and are not.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// What a delivery is known by: its id, and its content where that is claimed too.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Names {
    id: u8,
    content: Option<u8>,
}

impl Names {
    fn throw(dice: &mut Dice) -> Self {
        let id = dice.below(6) as u8;
        // Ids of the first half are signed; the others share contents.
        let content = (id > 2).then(|| dice.below(3) as u8);
        Self { id, content }
    }

    fn key(self, seed: u64) -> EventKey {
        let id = EventId::new(&format!("{seed} {}", self.id)).unwrap_or_else(|| unreachable!("not empty"));
        let content = self.content.map(|content| {
            let mut digest = [content; 16];
            digest.iter_mut().zip(seed.to_le_bytes()).for_each(|(to, byte)| *to = byte);
            digest
        });
        EventKey::of_id(Scope::new("model", "model", None), id).with_content(content, self.checksum())
    }

    fn checksum(self) -> u64 {
        self.content.map_or(0, u64::from)
    }
}

#[derive(Clone, Copy, Debug)]
enum State {
    Running { token: Token, attempt: u32, until: Duration, forgotten: bool },
    Free { attempt: u32, forgotten: bool },
    Done { outcome: Outcome, until: Duration },
}

impl State {
    fn is_forgotten(&self) -> bool {
        matches!(self, Self::Running { forgotten: true, .. } | Self::Free { forgotten: true, .. })
    }
}

/// What is known of each id, with the checksum it was claimed with, and of each content, with the id that
/// it belongs to.
#[derive(Default)]
struct Model {
    now: Duration,
    ids: HashMap<u8, (State, u64)>,
    contents: HashMap<u8, (State, u8)>,
}

impl Model {
    fn tidy(&mut self) {
        let now = self.now;
        let kept = |state: &State| !matches!(state, State::Done { until, .. } if *until <= now);
        self.ids.retain(|_, (state, _)| kept(state));
        self.contents.retain(|_, (state, _)| kept(state));
    }

    fn claim(&mut self, names: Names, said: Claim, at: &str) {
        self.tidy();
        let running = |until: Duration| match said {
            Claim::Running { retry_after } if retry_after <= until - self.now => {}
            other => panic!("{at}: claim {names:?}: {other:?}, and it runs"),
        };
        let known = self.ids.get(&names.id).copied();
        let attempts = match known {
            Some((State::Running { until, .. }, _)) if until > self.now => return running(until),
            Some((State::Done { outcome, .. }, checksum)) => {
                let mismatch = checksum != names.checksum();
                return assert_eq!(said, Claim::Done { outcome, mismatch }, "{at}: claim {names:?}");
            }
            Some((State::Running { attempt, .. } | State::Free { attempt, .. }, _)) => attempt,
            None => 0,
        };
        let forgotten = known.is_some_and(|(state, _)| state.is_forgotten());
        match names.content.and_then(|content| self.contents.get(&content).copied()) {
            // A forgotten event may run again with the content that it had.
            Some((_, owner)) if owner == names.id && forgotten => {}
            Some((State::Running { until, .. }, _)) if until > self.now => return running(until),
            Some((State::Done { outcome, .. }, _)) => {
                return assert_eq!(said, Claim::Replayed { outcome }, "{at}: claim {names:?}");
            }
            _ => {}
        }
        let Claim::Won { token, attempt } = said else {
            panic!("{at}: claim {names:?}: {said:?}, and it is free")
        };
        assert_eq!(attempt, attempts + 1, "{at}: claim {names:?}");
        let state = State::Running { token, attempt, until: self.now + LEASE, forgotten };
        self.ids.insert(names.id, (state, names.checksum()));
        names.content.map(|content| self.contents.insert(content, (state, names.id)));
    }

    /// Whether this token may act on the event; the attempt that it is, and whether it was forgotten before.
    fn owner(&mut self, names: Names, token: Token, releases: bool) -> Option<(u32, bool)> {
        self.tidy();
        match names.content.and_then(|content| self.contents.get(&content)) {
            // Taken over under another id, and perhaps done under it.
            Some((State::Running { token: owner, .. }, _)) if *owner != token && !releases => return None,
            Some((State::Done { .. }, _)) if !releases => return None,
            _ => {}
        }
        match self.ids.get(&names.id) {
            Some((state @ State::Running { token: owner, attempt, .. }, _)) if *owner == token => {
                Some((*attempt, state.is_forgotten()))
            }
            None if !releases => Some((1, false)),
            _ => None,
        }
    }

    /// Puts this state where the token's claim is.
    fn put(&mut self, names: Names, token: Token, state: State) {
        self.ids.insert(names.id, (state, names.checksum()));
        let Some(content) = names.content else { return };
        match self.contents.get(&content) {
            Some((State::Running { token: owner, .. }, _)) if *owner != token => {}
            Some((State::Done { .. }, _)) => {}
            _ => drop(self.contents.insert(content, (state, names.id))),
        }
    }

    fn renew(&mut self, names: Names, token: Token) -> Hold {
        let Some((attempt, forgotten)) = self.owner(names, token, false) else { return Hold::Lost };
        self.put(names, token, State::Running { token, attempt, until: self.now + LEASE, forgotten });
        Hold::Held
    }

    fn complete(&mut self, names: Names, token: Token, outcome: Outcome) -> Hold {
        if self.owner(names, token, false).is_none() {
            return Hold::Lost;
        }
        self.put(names, token, State::Done { outcome, until: self.now + KEPT });
        Hold::Held
    }

    fn release(&mut self, names: Names, token: Token) -> Hold {
        let Some((attempt, forgotten)) = self.owner(names, token, true) else { return Hold::Lost };
        self.put(names, token, State::Free { attempt, forgotten });
        Hold::Held
    }

    fn forget(&mut self, names: Names) {
        self.tidy();
        if let Some((state, _)) = self.ids.get_mut(&names.id) {
            *state = State::Free { attempt: 0, forgotten: true };
        }
    }
}
