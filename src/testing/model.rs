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
/// them forgotten, over a few ids that share a few contents, which come without an id too. Panics with
/// the step at which they differ; the same `seed` takes the same steps.
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

/// What a delivery is known by: its id, and its content where that is claimed too; or its content alone.
#[derive(Clone, Copy, Debug)]
struct Names {
    name: Name,
    content: Option<Name>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Name {
    Id(u8),
    Content(u8),
}

impl Names {
    fn throw(dice: &mut Dice) -> Self {
        let (id, content) = (dice.below(7) as u8, Name::Content(dice.below(3) as u8));
        match id {
            // Signed ids.
            0..=2 => Self { name: Name::Id(id), content: None },
            3..=5 => Self { name: Name::Id(id), content: Some(content) },
            _ => Self { name: content, content: None },
        }
    }

    fn key(self, seed: u64) -> EventKey {
        let scope = Scope::new("model", "model", None);
        let digest = |content: u8| {
            let mut digest = [content; 16];
            digest.iter_mut().zip(seed.to_le_bytes()).for_each(|(to, byte)| *to = byte);
            digest
        };
        let content = match self.content {
            Some(Name::Content(content)) => Some(digest(content)),
            _ => None,
        };
        match self.name {
            Name::Id(id) => {
                let id = EventId::new(&format!("{seed} {id}")).unwrap_or_else(|| unreachable!("not empty"));
                EventKey::of_id(scope, id).with_content(content, self.checksum())
            }
            Name::Content(content) => EventKey::of_content(scope, digest(content), self.checksum()),
        }
    }

    fn checksum(self) -> u64 {
        match self.content.unwrap_or(self.name) {
            Name::Content(content) => content.into(),
            Name::Id(_) => 0,
        }
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

/// What a state belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Of {
    /// A delivery of this name, with this checksum.
    Itself(u64),
    /// The id that a content came with.
    Id(Name),
}

/// What is known of each name.
#[derive(Default)]
struct Model {
    now: Duration,
    known: HashMap<Name, (State, Of)>,
}

impl Model {
    fn get(&mut self, name: Name) -> Option<(State, Of)> {
        let now = self.now;
        self.known.retain(|_, (state, _)| !matches!(state, State::Done { until, .. } if *until <= now));
        self.known.get(&name).copied()
    }

    fn claim(&mut self, names: Names, said: Claim, at: &str) {
        let running = |until: Duration, now: Duration| match said {
            Claim::Running { retry_after } if retry_after <= until - now => {}
            other => panic!("{at}: claim {names:?}: {other:?}, and it runs"),
        };
        let known = self.get(names.name);
        let attempts = match known {
            Some((State::Running { until, .. }, _)) if until > self.now => return running(until, self.now),
            Some((State::Done { outcome, .. }, of)) => {
                let due = match of {
                    Of::Itself(checksum) => Claim::Done { outcome, mismatch: checksum != names.checksum() },
                    Of::Id(_) => Claim::Replayed { outcome },
                };
                return assert_eq!(said, due, "{at}: claim {names:?}");
            }
            Some((State::Running { attempt, .. } | State::Free { attempt, .. }, _)) => attempt,
            None => 0,
        };
        let forgotten = known.is_some_and(|(state, _)| state.is_forgotten());
        match names.content.and_then(|content| self.get(content)) {
            // A forgotten event may run again with the content that it had.
            Some((_, of)) if of == Of::Id(names.name) && forgotten => {}
            Some((State::Running { until, .. }, _)) if until > self.now => return running(until, self.now),
            Some((State::Done { outcome, .. }, _)) => {
                return assert_eq!(said, Claim::Replayed { outcome }, "{at}: claim {names:?}");
            }
            _ => {}
        }
        let Claim::Won { token, attempt } = said else {
            panic!("{at}: claim {names:?}: {said:?}, and it is free")
        };
        assert_eq!(attempt, attempts + 1, "{at}: claim {names:?}");
        let until = self.now + LEASE;
        self.put(names, attempt, |attempt| State::Running { token, attempt, until, forgotten });
    }

    /// Whether this token may act on the event; the attempt that it is, and whether it was forgotten before.
    fn owner(&mut self, names: Names, token: Token, releases: bool) -> Option<(u32, bool)> {
        match names.content.and_then(|content| self.get(content)) {
            // Taken over under another id, and perhaps done under it.
            Some((State::Running { token: owner, .. }, _)) if owner != token && !releases => return None,
            Some((State::Done { .. }, _)) if !releases => return None,
            _ => {}
        }
        match self.get(names.name) {
            Some((state @ State::Running { token: owner, attempt, .. }, _)) if owner == token => {
                Some((attempt, state.is_forgotten()))
            }
            None if !releases => Some((1, false)),
            _ => None,
        }
    }

    /// Attempts are counted of what a delivery is named by.
    fn put(&mut self, names: Names, attempt: u32, state: impl Fn(u32) -> State) {
        self.known.insert(names.name, (state(attempt), Of::Itself(names.checksum())));
        names.content.map(|content| self.known.insert(content, (state(1), Of::Id(names.name))));
    }

    fn renew(&mut self, names: Names, token: Token) -> Hold {
        let Some((attempt, forgotten)) = self.owner(names, token, false) else { return Hold::Lost };
        let until = self.now + LEASE;
        self.put(names, attempt, |attempt| State::Running { token, attempt, until, forgotten });
        Hold::Held
    }

    fn complete(&mut self, names: Names, token: Token, outcome: Outcome) -> Hold {
        if self.owner(names, token, false).is_none() {
            return Hold::Lost;
        }
        let until = self.now + KEPT;
        self.put(names, 1, |_| State::Done { outcome, until });
        Hold::Held
    }

    fn release(&mut self, names: Names, token: Token) -> Hold {
        let Some((attempt, forgotten)) = self.owner(names, token, true) else { return Hold::Lost };
        self.known.insert(names.name, (State::Free { attempt, forgotten }, Of::Itself(names.checksum())));
        let owns = |(state, _)| matches!(state, State::Running { token: owner, .. } if owner == token);
        if let Some(content) = names.content.filter(|content| self.get(*content).is_some_and(owns)) {
            self.known.remove(&content);
        }
        Hold::Held
    }

    fn forget(&mut self, names: Names) {
        if let Some((_, of)) = self.get(names.name) {
            self.known.insert(names.name, (State::Free { attempt: 0, forgotten: true }, of));
        }
    }
}
