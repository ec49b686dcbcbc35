//! The memory store: the contract, races between threads, and what happens when it is full.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use hookgate::{
    ConfigError, EventId, Store, StoreErrorKind, UnixTime,
    store::{Claim, DynStore, EventKey, Hold, MemoryStore, Outcome, Retention, Scope, Token, WhenFull},
    testing::{FaultyStore, ManualClock, store_contract, store_model},
};

use crate::support::at_once;

const LEASE: Duration = Duration::from_secs(60);
const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
const PROTECTED: Duration = Duration::from_secs(600);
const OK: Outcome = Outcome::new(200);

fn clock() -> ManualClock {
    ManualClock::new(UnixTime::from_secs(1_700_000_000))
}

fn key(id: impl ToString) -> EventKey {
    EventKey::of_id(Scope::new("r", "p", None), EventId::new(&id.to_string()).expect("an id"))
}

fn claim(store: &MemoryStore, key: &EventKey) -> Result<Claim, StoreErrorKind> {
    at_once(store.claim(key, LEASE)).map_err(|error| error.kind())
}

fn handle(store: &MemoryStore, key: &EventKey, at_least: Duration) -> Result<Hold, StoreErrorKind> {
    match claim(store, key)? {
        Claim::Won { token, .. } => {
            Ok(at_once(store.complete(key, token, Retention::new(WEEK, at_least), OK)).expect("no error"))
        }
        other => panic!("not won: {other:?}"),
    }
}

#[tokio::test]
async fn the_contract_is_kept_alone_erased_and_behind_a_faulty_store() {
    let clock = clock();
    let memory = || MemoryStore::builder().clock(clock.clone()).build().expect("a store");
    let pass = async |by| clock.advance(by);
    store_contract(async || memory(), pass).await;
    store_contract(async || DynStore::new(memory()), pass).await;
    store_contract(async || FaultyStore::new(memory()), pass).await;
    store_contract(async || DynStore::new(FaultyStore::new(memory())), pass).await;
    store_contract(async || DynStore::new(DynStore::new(memory())), pass).await;
}

/// Whose token another's was could end that other's claim, by its content even where the ids differ.
#[test]
fn no_two_claims_have_the_same_token() {
    let store = MemoryStore::builder().clock(clock()).build().expect("a store");
    let mut tokens: Vec<u128> = (0..5000)
        .map(|number| match claim(&store, &key(number)) {
            Ok(Claim::Won { token, .. }) => token.get(),
            other => panic!("not won: {other:?}"),
        })
        .collect();
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), 5000);
    assert!(!tokens.contains(&0), "nobody's token");
}

/// STO-03: a claim is one step; there is nothing between looking and taking.
#[test]
fn threads_that_race_for_an_event_have_one_winner() {
    let store = MemoryStore::builder().build().expect("a store");
    let wins: Vec<AtomicUsize> = (0..5000).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (id, wins) in wins.iter().enumerate() {
                    if let Ok(Claim::Won { .. }) = claim(&store, &key(id)) {
                        wins.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert!(wins.iter().all(|wins| wins.load(Ordering::Relaxed) == 1));
}

#[test]
fn threads_that_race_for_content_under_many_ids_have_one_winner() {
    let store = MemoryStore::builder().build().expect("a store");
    let wins: Vec<AtomicUsize> = (0..2000).map(|_| AtomicUsize::new(0)).collect();
    thread::scope(|scope| {
        for thread in 0..4 {
            let (store, wins) = (&store, &wins);
            scope.spawn(move || {
                for (content, wins) in wins.iter().enumerate() {
                    let mut digest = [0; 16];
                    digest[..8].copy_from_slice(&(content as u64).to_be_bytes());
                    let key = key(format!("{thread} {content}")).with_content(Some(digest), 1);
                    match claim(store, &key).expect("no error") {
                        Claim::Won { token, .. } => {
                            wins.fetch_add(1, Ordering::Relaxed);
                            let held =
                                at_once(store.complete(&key, token, Retention::new(WEEK, PROTECTED), OK));
                            assert_eq!(held.expect("no error"), Hold::Held);
                        }
                        Claim::Running { .. } | Claim::Replayed { .. } => {}
                        other => panic!("{other:?}"),
                    }
                }
            });
        }
    });
    assert!(wins.iter().all(|wins| wins.load(Ordering::Relaxed) == 1));
}

/// DED-18: the oldest are forgotten first, and each early one is counted.
#[test]
fn a_million_events_pass_through_a_small_store() {
    let clock = clock();
    let store = MemoryStore::builder().capacity(100_000).clock(clock.clone()).build().expect("a store");
    for id in 0..1_000_000 {
        assert_eq!(handle(&store, &key(id), PROTECTED), Ok(Hold::Held), "event {id} is handled");
        // A hundred thousand events take a thousand seconds: longer than they are protected.
        clock.advance(Duration::from_millis(10));
        assert!(store.stats().events <= 100_000);
    }
    assert_eq!(store.stats().evicted_early, 900_000);
    assert!(matches!(claim(&store, &key(999_999)), Ok(Claim::Done { .. })), "the youngest are known");
    assert!(matches!(claim(&store, &key(900_100)), Ok(Claim::Done { .. })), "as many as there is room for");
    assert!(matches!(claim(&store, &key(899_000)), Ok(Claim::Won { .. })), "and the oldest were forgotten");
}

/// DED-18: what could still be replayed is not forgotten: then there is no room.
#[test]
fn protected_events_are_not_evicted() {
    let clock = clock();
    let store = MemoryStore::builder().capacity(1000).clock(clock.clone()).build().expect("a store");
    for id in 0..1000 {
        handle(&store, &key(id), PROTECTED).expect("room");
        clock.advance(Duration::from_millis(1));
    }
    assert_eq!(claim(&store, &key("one more")), Err(StoreErrorKind::Full));
    assert_eq!(store.stats().evicted_early, 0);
    for id in 0..1000 {
        assert!(matches!(claim(&store, &key(id)), Ok(Claim::Done { .. })), "event {id} is known");
    }
    clock.advance(PROTECTED);
    assert!(matches!(claim(&store, &key("one more")), Ok(Claim::Won { .. })));
    assert_eq!(store.stats().evicted_early, 1);
    assert!(matches!(claim(&store, &key(1)), Ok(Claim::Done { .. })));
    assert!(matches!(claim(&store, &key(0)), Ok(Claim::Won { .. })), "the oldest went");
}

/// A store may serve receivers of several schemes: what of one may not go yet keeps nothing of another.
#[test]
fn protected_events_do_not_keep_others_from_being_evicted() {
    let clock = clock();
    let store = MemoryStore::builder().capacity(2000).clock(clock.clone()).build().expect("a store");
    for id in 0..100 {
        handle(&store, &key(format!("protected {id}")), WEEK / 3).expect("room");
    }
    clock.advance(Duration::from_secs(1));
    for id in 0..5000 {
        assert_eq!(handle(&store, &key(id), Duration::ZERO), Ok(Hold::Held), "event {id} is handled");
        clock.advance(Duration::from_millis(1));
    }
    for id in 0..100 {
        let protected = claim(&store, &key(format!("protected {id}")));
        assert!(matches!(protected, Ok(Claim::Done { .. })), "{id}: {protected:?}");
    }
    assert!(matches!(claim(&store, &key(4999)), Ok(Claim::Done { .. })), "the oldest went");
}

#[test]
fn what_is_kept_for_ever_may_come_with_another_body() {
    let store = MemoryStore::builder().clock(clock()).build().expect("a store");
    let content = |content: u8| key("evt").with_content(Some([content; 16]), content.into());
    let Ok(Claim::Won { token, .. }) = claim(&store, &content(1)) else { panic!("not won") };
    let ever = Retention::new(Duration::MAX, Duration::MAX);
    assert_eq!(at_once(store.complete(&content(1), token, ever, OK)).expect("no error"), Hold::Held);
    assert_eq!(claim(&store, &content(2)), Ok(Claim::Done { outcome: OK, mismatch: true }));
}

/// What is forgotten for a redelivery goes when its content goes, not before: else that would be refused.
#[test]
fn a_forgotten_event_may_run_again_although_the_store_is_full() {
    let clock = clock();
    let store = MemoryStore::builder().capacity(100).clock(clock.clone()).build().expect("a store");
    let content = |id: u8| key(id).with_content(Some([id; 16]), 1);
    for id in 0..50 {
        handle(&store, &content(id), Duration::ZERO).expect("room");
        clock.advance(Duration::from_millis(1));
    }
    at_once(store.forget(&content(25))).expect("no error");
    for id in 50..70 {
        handle(&store, &content(id), Duration::ZERO).expect("room");
        clock.advance(Duration::from_millis(1));
    }
    assert_eq!(
        claim(&store, &content(19)).map(|claim| matches!(claim, Claim::Won { .. })),
        Ok(true),
        "it went"
    );
    assert_eq!(handle(&store, &content(25), Duration::ZERO), Ok(Hold::Held), "redelivered");
    assert!(matches!(claim(&store, &content(25)), Ok(Claim::Done { .. })));
    // Forgotten and never redelivered, it goes with the others.
    at_once(store.forget(&content(40))).expect("no error");
    clock.advance(WEEK);
    (100..200).for_each(|id| assert_eq!(handle(&store, &key(id), Duration::ZERO), Ok(Hold::Held)));
    assert!(store.stats().events <= 100);
}

/// Its run would be told that it still holds the event, and one more would begin.
#[test]
fn a_run_that_was_forgotten_hears_of_it_although_the_store_is_full() {
    let clock = clock();
    let store = MemoryStore::builder().capacity(2).clock(clock.clone()).build().expect("a store");
    let Ok(Claim::Won { token, .. }) = claim(&store, &key("forgotten")) else { panic!("not won") };
    at_once(store.forget(&key("forgotten"))).expect("no error");
    assert!(matches!(claim(&store, &key("second")), Ok(Claim::Won { .. })));
    assert_eq!(claim(&store, &key("third")), Err(StoreErrorKind::Full));
    assert_eq!(at_once(store.renew(&key("forgotten"), token, LEASE)).expect("no error"), Hold::Lost);
    clock.advance(LEASE);
    assert!(matches!(claim(&store, &key("third")), Ok(Claim::Won { .. })), "it goes like a lapsed claim");
}

/// Which half goes first is another thing in each store: their fingerprints are random.
#[test]
fn a_retry_is_no_replay_when_half_of_its_event_was_evicted() {
    let clock = clock();
    for _ in 0..100 {
        let store = MemoryStore::builder().capacity(3).clock(clock.clone()).build().expect("a store");
        let event = key("evt").with_content(Some([1; 16]), 1);
        handle(&store, &event, Duration::ZERO).expect("room");
        for running in ["a", "b"] {
            assert!(matches!(claim(&store, &key(running)), Ok(Claim::Won { .. })));
        }
        assert_eq!(store.stats().evicted_early, 1);
        assert_eq!(claim(&store, &event), Ok(Claim::Done { outcome: OK, mismatch: false }));
    }
}

/// DED-18: the other policy.
#[test]
fn a_refusing_store_evicts_nothing() {
    let clock = clock();
    let builder = MemoryStore::builder().capacity(1000).when_full(WhenFull::Refuse).clock(clock.clone());
    let store = builder.build().expect("a store");
    for id in 0..1000 {
        handle(&store, &key(id), Duration::ZERO).expect("room");
    }
    clock.advance(PROTECTED);
    assert_eq!(claim(&store, &key("one more")), Err(StoreErrorKind::Full));
    assert_eq!(store.stats().evicted_early, 0);
    clock.advance(WEEK);
    assert!(matches!(claim(&store, &key("one more")), Ok(Claim::Won { .. })), "until events expire");
    assert_eq!(store.stats().evicted_early, 0);
}

/// DED-18: under any policy.
#[test]
fn running_claims_are_never_evicted() {
    let clock = clock();
    let store = MemoryStore::builder().capacity(100).clock(clock.clone()).build().expect("a store");
    let tokens: Vec<Token> = (0..100)
        .map(|id| match claim(&store, &key(id)) {
            Ok(Claim::Won { token, .. }) => token,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(claim(&store, &key("one more")), Err(StoreErrorKind::Full));
    for (id, token) in tokens.iter().enumerate() {
        assert_eq!(at_once(store.renew(&key(id), *token, LEASE)).expect("no error"), Hold::Held);
    }
    clock.advance(LEASE);
    assert!(
        matches!(claim(&store, &key("one more")), Ok(Claim::Won { .. })),
        "a claim that lapsed makes room"
    );
}

#[test]
fn what_was_done_is_remembered_even_without_room() {
    let store = MemoryStore::builder().capacity(2).clock(clock()).build().expect("a store");
    handle(&store, &key("first"), PROTECTED).expect("room");
    handle(&store, &key("second"), PROTECTED).expect("room");
    assert_eq!(claim(&store, &key("third")), Err(StoreErrorKind::Full));
    let held = at_once(store.complete(&key("unknown"), Token::new(7), Retention::new(WEEK, PROTECTED), OK));
    assert_eq!(held.expect("no error"), Hold::Held);
    assert!(matches!(claim(&store, &key("unknown")), Ok(Claim::Done { .. })));
    assert_eq!(store.stats().events, 3, "and counted");
}

#[test]
fn events_of_different_retention_expire_each_in_its_time() {
    let clock = clock();
    let store = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
    let keeps: Vec<Duration> = (1..=20).rev().map(|hours| Duration::from_secs(hours * 3600)).collect();
    for (id, keep) in keeps.iter().enumerate() {
        let Ok(Claim::Won { token, .. }) = claim(&store, &key(id)) else { panic!("not won") };
        at_once(store.complete(&key(id), token, Retention::new(*keep, Duration::ZERO), OK))
            .expect("no error");
    }
    for hour in 0..20 {
        for (id, keep) in keeps.iter().enumerate() {
            let done = matches!(claim(&store, &key(id)), Ok(Claim::Done { .. }));
            assert_eq!(done, keep.as_secs() > hour * 3600, "event {id} at hour {hour}");
        }
        clock.advance(Duration::from_secs(3600));
    }
}

/// The content of an event that failed is let go of, and so is its place: events that only ever fail fill no store.
#[test]
fn a_release_gives_the_place_of_the_content_back() {
    let store = MemoryStore::builder().capacity(3).clock(clock()).build().expect("a store");
    let event = key("fails").with_content(Some([1; 16]), 1);
    for attempt in 1..=10 {
        let Ok(Claim::Won { token, attempt: counted }) = claim(&store, &event) else { panic!("not won") };
        assert_eq!((counted, store.stats().events), (attempt, 2));
        assert_eq!(at_once(store.release(&event, token)).expect("no error"), Hold::Held);
        assert_eq!(store.stats().events, 1, "its attempts are counted");
    }
}

/// At its end, and not a moment later: by then nobody holds it.
#[test]
fn a_lease_is_over_at_its_end() {
    let clock = clock();
    let store = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
    let [first, second, other] = ["first", "second", "other"].map(key);
    let [second, other] = [second, other].map(|key| key.with_content(Some([1; 16]), 1));
    for key in [&first, &second] {
        assert!(matches!(claim(&store, key), Ok(Claim::Won { attempt: 1, .. })));
    }
    clock.advance(LEASE - Duration::from_millis(1));
    for key in [&first, &second, &other] {
        assert_eq!(claim(&store, key), Ok(Claim::Running { retry_after: Duration::from_millis(1) }));
    }
    clock.advance(Duration::from_millis(1));
    assert!(matches!(claim(&store, &first), Ok(Claim::Won { attempt: 2, .. })));
    assert!(matches!(claim(&store, &other), Ok(Claim::Won { attempt: 1, .. })), "its content is free too");
}

#[test]
fn expired_events_are_cleared_by_later_claims() {
    let clock = clock();
    let store = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
    for id in 0..10_000 {
        handle(&store, &key(id), Duration::ZERO).expect("room");
    }
    clock.advance(WEEK);
    for id in 10_000..20_000 {
        handle(&store, &key(id), Duration::ZERO).expect("room");
    }
    assert!(store.stats().events < 10_500, "{}", store.stats().events);
    assert_eq!(store.stats().evicted_early, 0);
}

#[test]
fn a_capacity_that_some_events_never_have_room_in_is_refused() {
    for capacity in [0, 1] {
        let refused = MemoryStore::builder().capacity(capacity).build().map(drop);
        assert_eq!(refused, Err(ConfigError::TooSmall { setting: "capacity", least: 2 }));
    }
    let store = MemoryStore::builder().capacity(2).build().expect("a store");
    let key = key("evt").with_content(Some([1; 16]), 1);
    assert_eq!(handle(&store, &key, Duration::ZERO), Ok(Hold::Held));
}

/// STO-03, STO-14, STO-15: the table under random interleavings of owners, former owners and a clock that jumps, compared step by
/// step with a model.
#[tokio::test]
async fn it_says_what_a_simple_model_says() {
    let clock = ManualClock::new(UnixTime::from_secs(0));
    for seed in 0..200 {
        let store = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
        store_model(&store, seed, 500, Some(&|by| clock.advance(by))).await;
    }
}
