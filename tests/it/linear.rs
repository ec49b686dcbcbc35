//! The memory store under real threads: whatever was answered at once could have been answered one after the
//! other (linearizability: Herlihy and Wing 1990; the search is Wing and Gong's of 1993).

use std::{
    collections::HashSet,
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use hookgate::{
    EventId, Store,
    store::{Claim, EventKey, Hold, MemoryStore, Outcome, Retention, Scope, Token},
};
use twox_hash::XxHash3_64;

use crate::support::at_once;

const THREADS: u64 = 3;
const STEPS: u64 = 5;
const ROUNDS: u64 = 4000;
const LEASE: Duration = Duration::from_secs(3600);
const KEPT: Retention = Retention::new(LEASE, Duration::ZERO);

/// Two ids that are not signed and share a content, and one that is signed.
fn key(event: usize) -> EventKey {
    let id = EventId::new(["one", "two", "signed"][event]).expect("an id");
    let key = EventKey::of_id(Scope::new("linear", "linear", None), id);
    if event < 2 { key.with_content(Some([7; 16]), 1) } else { key }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Claim(usize, Claim),
    Complete(usize, Token, Hold),
    Release(usize, Token, Hold),
    Renew(usize, Token, Hold),
}

/// A step, and when it began and ended.
#[derive(Clone, Copy, Debug)]
struct Timed {
    step: Step,
    began: u64,
    ended: u64,
}

/// What is known of an event: free after so many attempts, run by an owner, or done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Known {
    attempts: u32,
    owner: Option<Token>,
    done: bool,
}

/// Three events, and the content that the first two share: its owner, or that it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Model {
    events: [Known; 3],
    content: Option<(usize, Option<Token>)>,
}

impl Model {
    /// The model after this step, if it could have been answered like that.
    fn after(mut self, step: Step) -> Option<Self> {
        let known = |event: usize| self.events[event];
        match step {
            Step::Claim(event, said) => {
                let (shares, now) = (event < 2, known(event));
                let elsewhere = self.content.filter(|(owner, _)| shares && *owner != event);
                let due = match (now.done, now.owner, elsewhere) {
                    (true, ..) => matches!(said, Claim::Done { mismatch: false, .. }),
                    (_, Some(_), _) | (_, _, Some((_, Some(_)))) => matches!(said, Claim::Running { .. }),
                    (_, _, Some((_, None))) => matches!(said, Claim::Replayed { .. }),
                    _ => matches!(said, Claim::Won { attempt, .. } if attempt == now.attempts + 1),
                };
                if let (true, Claim::Won { token, attempt }) = (due, said) {
                    self.events[event] = Known { attempts: attempt, owner: Some(token), done: false };
                    self.content = if shares { Some((event, Some(token))) } else { self.content };
                }
                due.then_some(self)
            }
            Step::Renew(event, token, said) => {
                let held = known(event).owner == Some(token);
                (held == (said == Hold::Held)).then_some(self)
            }
            Step::Complete(event, token, said) | Step::Release(event, token, said) => {
                let (held, done) = (known(event).owner == Some(token), matches!(step, Step::Complete(..)));
                if held {
                    self.events[event] = Known { owner: None, done, ..known(event) };
                    if event < 2 {
                        self.content = done.then_some((event, None));
                    }
                }
                (held == (said == Hold::Held)).then_some(self)
            }
        }
    }
}

/// Whether there is an order of these steps that keeps who came before whom and that the model answers so.
fn has_an_order(steps: &[Timed], model: Model, taken: u32, seen: &mut HashSet<(u32, Model)>) -> bool {
    if taken.count_ones() as usize == steps.len() {
        return true;
    }
    if !seen.insert((taken, model)) {
        return false;
    }
    let left = || steps.iter().enumerate().filter(|(at, _)| taken & (1 << at) == 0);
    // None that began after another of them had ended can be next.
    let first_end = left().map(|(_, step)| step.ended).min().unwrap_or(0);
    left().filter(|(_, step)| step.began < first_end).any(|(at, step)| {
        model.after(step.step).is_some_and(|model| has_an_order(steps, model, taken | 1 << at, seen))
    })
}

/// What one thread does, and what it is answered.
fn act(store: &MemoryStore, clock: &AtomicU64, seed: u64) -> Vec<Timed> {
    let mut held: Vec<(usize, Token)> = Vec::new();
    let dice = |step: u64, word: u64, sides: u64| {
        let bytes = [step.to_be_bytes(), word.to_be_bytes()].concat();
        XxHash3_64::oneshot_with_seed(seed, &bytes) % sides
    };
    let mut steps = Vec::new();
    for step in 0..STEPS {
        let began = clock.fetch_add(1, SeqCst);
        let taken = match held.last().copied() {
            Some((event, token)) if dice(step, 0, 3) > 0 => match dice(step, 1, 4) {
                0 => Step::Renew(
                    event,
                    token,
                    at_once(store.renew(&key(event), token, LEASE)).expect("no error"),
                ),
                1 => {
                    let said = at_once(store.release(&key(event), token)).expect("no error");
                    Step::Release(event, token, said)
                }
                _ => {
                    let key = key(event);
                    let done = store.complete(&key, token, KEPT, Outcome::new(200));
                    Step::Complete(event, token, at_once(done).expect("no error"))
                }
            },
            _ => {
                let event = dice(step, 2, 3) as usize;
                let said = at_once(store.claim(&key(event), LEASE)).expect("no error");
                if let Claim::Won { token, .. } = said {
                    held.push((event, token));
                }
                Step::Claim(event, said)
            }
        };
        steps.push(Timed { step: taken, began, ended: clock.fetch_add(1, SeqCst) });
    }
    steps
}

/// STO-03: a claim is one step.
#[test]
fn what_threads_are_answered_has_an_order() {
    let mut met = 0;
    for round in 0..ROUNDS {
        let store = MemoryStore::builder().build().expect("a store");
        let (clock, together) = (AtomicU64::new(0), Barrier::new(THREADS as usize));
        let steps: Vec<Timed> = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|number| {
                    let (store, clock, together) = (&store, &clock, &together);
                    scope.spawn(move || {
                        together.wait();
                        act(store, clock, round * THREADS + number)
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
        });
        met += steps.iter().filter(|step| step.ended > step.began + 1).count();
        assert!(
            has_an_order(&steps, Model::default(), 0, &mut HashSet::new()),
            "round {round}: no order answers {steps:#?}"
        );
    }
    assert!(met > 100, "too few steps met another: {met}");
}

/// The search finds what has no order: two winners of one claim.
#[test]
fn two_winners_have_no_order() {
    let won = |token: u128, began: u64| Timed {
        step: Step::Claim(2, Claim::Won { token: Token::new(token), attempt: 1 }),
        began,
        ended: began + 10,
    };
    assert!(!has_an_order(&[won(1, 0), won(2, 1)], Model::default(), 0, &mut HashSet::new()));
    assert!(has_an_order(&[won(1, 0)], Model::default(), 0, &mut HashSet::new()));
}
