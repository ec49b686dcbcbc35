//! The contract suite fails for every store that is wrong in one point.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use hookgate::{
    Clock, Store, StoreError, UnixTime,
    store::{Claim, EventKey, Hold, Outcome, Retention, Token},
    testing::{ManualClock, store_contract},
};
use tokio::{runtime::Builder, task::yield_now};

/// What a store can get wrong.
const WRONGS: [&str; 60] = [
    "a claim is two steps that wait for nothing",
    "a running event is free at once",
    "a claim is two steps",
    "a claim of content is two steps",
    "a claim of a new id with content is two steps",
    "a claim of what was released is two steps",
    "a claim of what was forgotten is two steps",
    "a takeover is two steps",
    "a takeover of content is two steps",
    "all claims have one token",
    "a takeover does not count",
    "a release forgets the attempts",
    "attempts are soon forgotten",
    "a release counts for its content",
    "a renewal counts",
    "a renewal does nothing",
    "lapsed content is not taken over",
    "a takeover of content is not noticed",
    "a mismatch is none",
    "a mismatch is one of content",
    "content without its id is the same event",
    "other renderings are remembered",
    "other renderings of one body are remembered",
    "renew is two steps",
    "complete is two steps",
    "release is two steps",
    "renew takes any token",
    "complete takes any token",
    "release takes any token",
    "a late renew is lost",
    "a late complete is lost",
    "a late release is lost",
    "renew of what is unknown is lost",
    "complete of what is unknown is lost",
    "renew leaves the content",
    "complete leaves the content",
    "release leaves the content",
    "what is unknown leaves its content",
    "complete that is lost marks the id as done",
    "release frees what is done",
    "release frees the content of another",
    "the outcome is always 200",
    "every event is kept for two seconds",
    "every event is kept for a second at least",
    "every event is kept for ever",
    "content is kept for a lease",
    "content is kept for ever",
    "content is not kept",
    "forget does nothing",
    "forget removes the id",
    "forget removes the content too",
    "forget spares what runs",
    "forget keeps the attempts",
    "what fails is not forgotten any more",
    "what dies is not forgotten any more",
    "scopes are not told apart",
    "ids are cut",
    "names have no letter",
    "names are hexadecimal and have no letter",
    "names are text",
];

#[test]
fn a_store_that_is_right_passes() {
    assert_eq!(verdict("", Duration::ZERO), Ok(()));
}

#[test]
fn a_store_that_is_as_slow_as_is_documented_passes() {
    assert_eq!(verdict("", Duration::from_millis(49)), Ok(()));
}

#[test]
fn every_store_that_is_wrong_is_caught() {
    let passed: Vec<_> = WRONGS.into_iter().filter(|wrong| verdict(wrong, Duration::ZERO).is_ok()).collect();
    assert_eq!(passed, [""; 0]);
}

fn verdict(wrong: &'static str, step: Duration) -> Result<(), String> {
    let clock = ManualClock::new(UnixTime::from_secs(0));
    let fresh = async || Wrong {
        wrong,
        step,
        table: Mutex::default(),
        tokens: AtomicU64::new(1),
        clock: clock.clone(),
        claims: tokio::sync::Mutex::default(),
    };
    let suite = store_contract(fresh, async |by| clock.advance(by));
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(suite)))
        .map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
}

/// A store that is right but for one thing.
struct Wrong {
    wrong: &'static str,
    /// How long each step takes.
    step: Duration,
    table: Mutex<HashMap<Name, Entry>>,
    tokens: AtomicU64,
    clock: ManualClock,
    claims: tokio::sync::Mutex<()>,
}

type Name = (String, char, Vec<u8>);

#[derive(Clone)]
struct Entry {
    state: State,
    checksum: u64,
    content: Option<[u8; 16]>,
    /// The name that it was claimed by: of a content, its id.
    owner: Name,
}

#[derive(Clone, Copy)]
enum State {
    Running { token: Token, attempt: u32, until: Duration, forgotten: bool },
    Free { attempt: u32, forgotten: bool, until: Duration },
    Done { outcome: Outcome, until: Duration },
}

impl Wrong {
    fn is(&self, wrong: &str) -> bool {
        assert!(WRONGS.contains(&wrong), "{wrong:?} is in no list");
        self.wrong == wrong
    }

    fn now(&self) -> Duration {
        self.clock.elapsed()
    }

    /// The name of an event, and that of its content where it is claimed too.
    fn names(&self, key: &EventKey) -> (Name, Option<Name>) {
        let scope = if self.is("scopes are not told apart") { "" } else { key.scope().as_str() };
        let name = |kind: char, name: &[u8]| match self.wrong {
            "names have no letter" => (scope.to_owned(), ' ', name.to_owned()),
            "names are hexadecimal and have no letter" if kind != 'i' => {
                let digits: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
                (scope.to_owned(), 'i', digits.into())
            }
            "names are text" => (scope.to_owned(), kind, String::from_utf8_lossy(name).into_owned().into()),
            _ => (scope.to_owned(), kind, name.to_owned()),
        };
        let (kind, id) = key.name();
        let id = if self.is("ids are cut") { id.get(..9).unwrap_or(id) } else { id };
        (name(kind, id), key.content().map(|content| name('c', content)))
    }

    fn get(&self, name: &Name) -> Option<Entry> {
        let mut table = self.table.lock().expect("a table");
        let now = self.now();
        table.retain(|_, entry| match entry.state {
            State::Done { until, .. } | State::Free { until, .. } => until > now,
            State::Running { .. } => true,
        });
        table.get(name).cloned()
    }

    fn put(&self, name: &Name, key: &EventKey, state: State) {
        let entry = Entry {
            state,
            checksum: key.checksum(),
            content: key.content().copied(),
            owner: self.names(key).0,
        };
        self.table.lock().expect("a table").insert(name.clone(), entry);
    }

    /// How often the event was tried, where it is free, and whether it was forgotten.
    fn look(&self, key: &EventKey) -> Result<(u32, bool), Claim> {
        let ((id, content), now) = (self.names(key), self.now());
        let running = |until| Claim::Running {
            retry_after: if self.is("a running event is free at once") {
                Duration::ZERO
            } else {
                until - now
            },
        };
        let known = self.get(&id);
        let attempts = match known.as_ref().map(|entry| (entry.state, entry)) {
            Some((State::Running { until, .. }, _)) if until > now => return Err(running(until)),
            Some((State::Done { outcome, .. }, entry)) => {
                let other = entry.checksum != key.checksum();
                let mismatch = match self.wrong {
                    "a mismatch is none" => false,
                    "a mismatch is one of content" => entry.content != key.content().copied(),
                    _ => other,
                };
                let remembers = match other {
                    true => self.is("other renderings are remembered"),
                    false => self.is("other renderings of one body are remembered"),
                };
                if let Some(content) = content.filter(|_| remembers) {
                    self.table.lock().expect("a table").entry(content).or_insert(entry.clone());
                }
                return Err(match entry.owner == id || self.is("content without its id is the same event") {
                    true => Claim::Done { outcome, mismatch },
                    false => Claim::Replayed { outcome },
                });
            }
            Some((State::Running { attempt, .. }, _)) if self.is("a takeover does not count") => attempt - 1,
            Some((State::Free { .. }, _)) if self.is("a release forgets the attempts") => 0,
            Some((State::Running { attempt, .. } | State::Free { attempt, .. }, _)) => attempt,
            None => 0,
        };
        let forgotten = match known.map(|entry| entry.state) {
            Some(State::Running { forgotten, .. }) => {
                forgotten && !self.is("what dies is not forgotten any more")
            }
            Some(State::Free { forgotten, .. }) => forgotten,
            _ => false,
        };
        match content.and_then(|content| self.get(&content)).map(|entry| (entry.state, entry.owner == id)) {
            Some((_, true)) if forgotten => {}
            Some((State::Running { until, .. }, _)) if until > now => return Err(running(until)),
            Some((State::Running { .. }, false)) if self.is("lapsed content is not taken over") => {
                return Err(running(now + Duration::from_millis(1)));
            }
            Some((State::Done { outcome, .. }, _)) => return Err(Claim::Replayed { outcome }),
            _ => {}
        }
        Ok((attempts, forgotten))
    }

    /// Which attempt the token may end, if it may, and whether it was forgotten before.
    fn owned(&self, step: &str, key: &EventKey, token: Token) -> Option<(u32, bool)> {
        let (id, content) = self.names(key);
        let releases = step == "release";
        let taken_over =
            content.and_then(|content| self.get(&content)).is_some_and(|entry| match entry.state {
                State::Running { token: owner, .. } => owner != token,
                State::Done { .. } => true,
                State::Free { .. } => false,
            });
        if taken_over && !releases && !self.is("a takeover of content is not noticed") {
            return None;
        }
        match self.get(&id).map(|entry| entry.state) {
            Some(State::Running { token: owner, attempt, until, forgotten }) => {
                let late = until <= self.now() && self.is(&format!("a late {step} is lost"));
                let ours = owner == token || self.is(&format!("{step} takes any token"));
                (ours && !late).then_some((attempt, forgotten))
            }
            None if !releases => {
                (!self.is(&format!("{step} of what is unknown is lost"))).then_some((1, false))
            }
            Some(State::Done { .. }) if releases && self.is("release frees what is done") => Some((1, false)),
            _ => None,
        }
    }

    /// Puts what `next` makes of the attempt in the place of a claim that the token holds.
    async fn end(&self, step: &str, key: &EventKey, token: Token, next: impl Fn(u32, bool) -> State) -> Hold {
        let Some((attempt, forgotten)) = self.owned(step, key, token) else { return Hold::Lost };
        if self.is(&format!("{step} is two steps")) {
            yield_now().await;
        }
        let (id, content) = self.names(key);
        let leaves = self.is(&format!("{step} leaves the content"))
            || self.get(&id).is_none() && self.is("what is unknown leaves its content");
        let ours = |content: &Name| match self.get(content).map(|entry| entry.state) {
            Some(State::Running { token: owner, .. }) => {
                owner == token || self.is("release frees the content of another")
            }
            Some(State::Done { .. }) => false,
            _ => step != "release",
        };
        if let Some(content) = content.filter(|content| !leaves && ours(content)) {
            let state = match next(1, false) {
                State::Done { outcome, until } => {
                    let until = match self.wrong {
                        "content is kept for a lease" => self.now() + Duration::from_millis(400),
                        "content is kept for ever" => Duration::MAX,
                        "content is not kept" => Duration::ZERO,
                        _ => until,
                    };
                    State::Done { outcome, until }
                }
                other => other,
            };
            self.put(&content, key, state);
            if step == "release" && !self.is("a release counts for its content") {
                self.table.lock().expect("a table").remove(&content);
            }
        }
        self.put(&id, key, next(attempt, forgotten));
        Hold::Held
    }
}

impl Store for Wrong {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        self.clock.advance(self.step);
        let one_step = match self.wrong.contains("is two steps") {
            true => None,
            false => Some(self.claims.lock().await),
        };
        let (attempts, forgotten) = match self.look(key) {
            Ok(free) => free,
            Err(claim) => return Ok(claim),
        };
        let (id, content) = self.names(key);
        let known = |name: &Name| self.get(name).map(|entry| entry.state);
        let two_steps = match (known(&id), content.as_ref().and_then(known)) {
            (Some(State::Free { forgotten: false, .. }), _) => "a claim of what was released is two steps",
            (Some(State::Free { forgotten: true, .. }), _) => "a claim of what was forgotten is two steps",
            (Some(State::Running { .. }), _) => "a takeover is two steps",
            (None, Some(State::Running { .. })) => "a takeover of content is two steps",
            _ => "a claim is two steps",
        };
        if self.is(two_steps) || self.is("a claim is two steps") {
            yield_now().await;
        }
        if self.is("a claim of a new id with content is two steps")
            && let (None, Some(content)) = (known(&id), &content)
        {
            yield_now().await;
            if let Some(State::Running { until, .. }) = known(content)
                && until > self.now()
            {
                return Ok(Claim::Running { retry_after: until - self.now() });
            }
        }
        if self.is("a claim of content is two steps") && key.content().is_some() {
            yield_now().await;
            if let Err(claim) = self.look(&key.clone().with_content(None, key.checksum())) {
                return Ok(claim);
            }
        }
        if self.is("a claim is two steps that wait for nothing") {
            std::thread::yield_now();
        }
        let token = match self.is("all claims have one token") {
            true => Token::new(1),
            false => Token::new(self.tokens.fetch_add(1, Relaxed).into()),
        };
        let (attempt, until) = (attempts + 1, self.now() + lease);
        self.put(&id, key, State::Running { token, attempt, until, forgotten });
        if let Some(content) = content {
            self.put(&content, key, State::Running { token, attempt: 1, until, forgotten: false });
        }
        drop(one_step);
        Ok(Claim::Won { token, attempt })
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        self.clock.advance(self.step);
        let lease = if self.is("a renewal does nothing") { Duration::ZERO } else { lease };
        let further = u32::from(self.is("a renewal counts"));
        let state = |attempt, forgotten| State::Running {
            token,
            attempt: attempt + further,
            until: self.now() + lease,
            forgotten,
        };
        Ok(self.end("renew", key, token, state).await)
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        self.clock.advance(self.step);
        let keep = match self.wrong {
            "every event is kept for two seconds" => Duration::from_secs(2),
            "every event is kept for a second at least" => retention.keep.max(Duration::from_secs(1)),
            "every event is kept for ever" => Duration::from_secs(1 << 40),
            _ => retention.keep,
        };
        let outcome = if self.is("the outcome is always 200") { Outcome::new(200) } else { outcome };
        let done = State::Done { outcome, until: self.now() + keep };
        let held = self.end("complete", key, token, |_, _| done).await;
        let (id, _) = self.names(key);
        if held == Hold::Lost
            && self.is("complete that is lost marks the id as done")
            && let Some(State::Running { token: owner, .. }) = self.get(&id).map(|entry| entry.state)
            && owner == token
        {
            self.put(&id, key, done);
        }
        Ok(held)
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        self.clock.advance(self.step);
        Ok(self
            .end("release", key, token, |attempt, forgotten| {
                let forgotten = forgotten && !self.is("what fails is not forgotten any more");
                let until = match self.is("attempts are soon forgotten") {
                    true => self.now() + Duration::from_millis(1),
                    false => Duration::MAX,
                };
                State::Free { attempt, forgotten, until }
            })
            .await)
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        self.clock.advance(self.step);
        let (id, _) = self.names(key);
        let Some(entry) = self.get(&id) else { return Ok(()) };
        let attempt = match entry.state {
            State::Running { .. } if self.is("forget spares what runs") => return Ok(()),
            State::Running { attempt, .. } | State::Free { attempt, .. }
                if self.is("forget keeps the attempts") =>
            {
                attempt
            }
            _ => 0,
        };
        let mut table = self.table.lock().expect("a table");
        match self.wrong {
            "forget does nothing" => {}
            "forget removes the id" => drop(table.remove(&id)),
            "forget removes the content too" => table.retain(|_, entry| entry.owner != id),
            _ => {
                let state = State::Free { attempt, forgotten: true, until: Duration::MAX };
                table.insert(id, Entry { state, ..entry });
            }
        }
        Ok(())
    }
}
