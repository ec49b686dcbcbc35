//! The [`Store`] contract as checks that any store can run.

// Panicking is how these checks say what is wrong.
#![allow(clippy::panic)]

mod races;
mod threads;

use std::time::Duration;

use self::{
    races::{Before, a_late_step_and_a_takeover_are_not_both, races_have_one_winner},
    threads::threads_have_one_winner,
};
use super::model::store_model;
use crate::{
    delivery::EventId,
    store::{Claim, EventKey, Hold, Outcome, Retention, Scope, Store, Token},
};

const LEASE: Duration = Duration::from_millis(400);
const KEPT: Duration = Duration::from_secs(2);
const RETENTION: Retention = Retention::new(KEPT, Duration::ZERO);
const OK: Outcome = Outcome::new(200);

/// Checks that a store keeps the [`Store`] contract; panics with the clause that it breaks.
///
/// `fresh` makes an empty store, or one in which no earlier key of these checks is left. `pass` lets
/// the store's clock move on by this much: it sets a manual clock, or sleeps. The longest it is asked
/// for is about two seconds. On a clock that moves by itself a step of the store is to take less than 50 ms: leases
/// are 400 ms, and some of the checks take several steps within one.
/// Some claims are polled from two threads of their own, within the tokio runtime of the caller if there is one.
///
/// ```
/// use hookgate::{store::MemoryStore, testing::{ManualClock, store_contract}, UnixTime};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let clock = ManualClock::new(UnixTime::from_secs(0));
/// let fresh = async || MemoryStore::builder().clock(clock.clone()).build().expect("a store");
/// store_contract(fresh, async |by| clock.advance(by)).await;
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Panics
///
/// Where the store breaks the contract, or answers with an error.
pub async fn store_contract<S: Store>(fresh: impl AsyncFn() -> S, pass: impl AsyncFn(Duration)) {
    one_claim_wins(&fresh().await).await;
    what_is_done_stays_done(&fresh().await).await;
    what_is_released_is_free(&fresh().await, &pass).await;
    a_lapsed_lease_is_taken_over(&fresh().await, &pass).await;
    a_lapsed_lease_still_holds_for_its_owner(&fresh().await, &pass).await;
    content_is_taken_over_under_another_id(&fresh().await, &pass).await;
    a_renewed_lease_does_not_lapse(&fresh().await, &pass).await;
    retention_is_not_the_lease(&fresh().await, &pass).await;
    what_is_not_kept_is_new(&fresh().await).await;
    keys_are_apart(&fresh().await).await;
    an_unknown_key_holds(&fresh().await).await;
    a_forgotten_event_runs_again(&fresh().await).await;
    what_fails_or_dies_stays_forgotten(&fresh().await, &pass).await;
    content_is_claimed_with_its_id(&fresh().await).await;
    released_content_is_free(&fresh().await).await;
    other_content_under_an_id_is_a_mismatch(&fresh().await).await;
    content_is_a_name_too(&fresh().await).await;
    for before in [Before::New, Before::Released, Before::Lapsed, Before::Forgotten] {
        races_have_one_winner(&fresh().await, before, &pass).await;
    }
    threads_have_one_winner(&fresh().await).await;
    a_late_step_and_a_takeover_are_not_both(&fresh().await, &pass).await;
    for seed in 0..4 {
        store_model(&fresh().await, seed, 250, None).await;
    }
}

fn key(id: &str) -> EventKey {
    let id = EventId::new(id).unwrap_or_else(|| unreachable!("ids of these checks are not empty"));
    EventKey::of_id(Scope::new("contract", "contract", None), id)
}

fn with_content(id: &str, content: u8) -> EventKey {
    key(id).with_content(Some([content; 16]), 1)
}

async fn is_running<S: Store>(store: &S, key: &EventKey, clause: &str) {
    let claim = claim(store, key).await;
    assert!(matches!(claim, Claim::Running { .. }), "{clause}: {claim:?}");
}

async fn is_done<S: Store>(store: &S, key: &EventKey, clause: &str) {
    let claim = claim(store, key).await;
    assert!(matches!(claim, Claim::Done { .. }), "{clause}: {claim:?}");
}

async fn claim<S: Store>(store: &S, key: &EventKey) -> Claim {
    store.claim(key, LEASE).await.unwrap_or_else(|error| panic!("claim: {error}"))
}

async fn win<S: Store>(store: &S, key: &EventKey, clause: &str) -> (Token, u32) {
    match claim(store, key).await {
        Claim::Won { token, attempt } => (token, attempt),
        other => panic!("{clause}: {other:?}"),
    }
}

async fn complete<S: Store>(store: &S, key: &EventKey, token: Token) -> Hold {
    store.complete(key, token, RETENTION, OK).await.unwrap_or_else(|error| panic!("complete: {error}"))
}

async fn release<S: Store>(store: &S, key: &EventKey, token: Token) -> Hold {
    store.release(key, token).await.unwrap_or_else(|error| panic!("release: {error}"))
}

async fn renew<S: Store>(store: &S, key: &EventKey, token: Token) -> Hold {
    store.renew(key, token, LEASE).await.unwrap_or_else(|error| panic!("renew: {error}"))
}

async fn one_claim_wins<S: Store>(store: &S) {
    let key = key("one");
    let (_, attempt) = win(store, &key, "a new event is won").await;
    assert_eq!(attempt, 1, "the first attempt is number 1");
    match claim(store, &key).await {
        Claim::Running { retry_after } => {
            assert!(retry_after <= LEASE, "a running event is free again when its lease ends at the latest");
            assert!(!retry_after.is_zero(), "and not before");
        }
        other => panic!("an event that was claimed is running: {other:?}"),
    }
}

async fn what_is_done_stays_done<S: Store>(store: &S) {
    let key = key("done");
    let (token, _) = win(store, &key, "a new event is won").await;
    let accepted = Outcome::new(202);
    let held = store.complete(&key, token, RETENTION, accepted).await;
    assert_eq!(held.unwrap_or_else(|error| panic!("complete: {error}")), Hold::Held, "the owner completes");
    let done = Claim::Done { outcome: accepted, mismatch: false };
    assert_eq!(claim(store, &key).await, done, "a completed event is done, with its outcome");
    assert_eq!(release(store, &key, token).await, Hold::Lost, "what is done cannot be released");
    assert_eq!(renew(store, &key, token).await, Hold::Lost, "what is done has no lease");
    assert_eq!(claim(store, &key).await, done, "a lost step changes nothing");
}

async fn what_is_released_is_free<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let key = key("released");
    let (first, _) = win(store, &key, "a new event is won").await;
    assert_eq!(release(store, &key, first).await, Hold::Held, "the owner releases");
    assert_eq!(complete(store, &key, first).await, Hold::Lost, "who released owns nothing any more");
    // Providers take their time before they try again.
    pass(LEASE).await;
    let (second, attempt) = win(store, &key, "a released event is won").await;
    assert_eq!(attempt, 2, "a released event keeps its count of attempts");
    assert_ne!(first, second, "no two claims have the same token");
    assert_eq!(release(store, &key, first).await, Hold::Lost, "a stale token does not free another's claim");
    assert_eq!(complete(store, &key, second).await, Hold::Held, "the owner still holds it");
}

async fn a_lapsed_lease_is_taken_over<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let key = key("lapsed");
    let (first, _) = win(store, &key, "a new event is won").await;
    pass(LEASE + LEASE / 2).await;
    let (second, attempt) = win(store, &key, "a lapsed lease is taken over").await;
    assert_eq!(attempt, 2, "a takeover is the next attempt");
    assert_eq!(renew(store, &key, first).await, Hold::Lost, "a stale token does not renew");
    assert_eq!(complete(store, &key, first).await, Hold::Lost, "a stale token does not complete");
    assert_eq!(release(store, &key, first).await, Hold::Lost, "a stale token does not release");
    is_running(store, &key, "the new owner's claim stands").await;
    assert_eq!(complete(store, &key, second).await, Hold::Held, "the new owner completes");
}

async fn a_lapsed_lease_still_holds_for_its_owner<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let [completed, renewed, released] = ["completed late", "renewed late", "released late"].map(key);
    let (first, _) = win(store, &completed, "a new event is won").await;
    let (second, _) = win(store, &renewed, "a new event is won").await;
    let (third, _) = win(store, &released, "a new event is won").await;
    pass(LEASE + LEASE / 2).await;
    assert_eq!(complete(store, &completed, first).await, Hold::Held, "nobody took over: the owner completes");
    is_done(store, &completed, "and the event is done").await;
    assert_eq!(renew(store, &renewed, second).await, Hold::Held, "nobody took over: the owner renews");
    is_running(store, &renewed, "and the event runs").await;
    assert_eq!(release(store, &released, third).await, Hold::Held, "nobody took over: the owner releases");
    win(store, &released, "and the event is free").await;
}

async fn a_renewed_lease_does_not_lapse<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let keys = [key("renewed"), with_content("renewed with content", 1)];
    let [alone, together] = &keys;
    let tokens =
        [win(store, alone, "a new event is won").await.0, win(store, together, "a new event is won").await.0];
    for _ in 0..3 {
        pass(LEASE * 5 / 8).await;
        for (key, token) in keys.iter().zip(tokens) {
            assert_eq!(renew(store, key, token).await, Hold::Held, "the owner renews");
            is_running(store, key, "a renewed lease runs").await;
        }
        is_running(store, &with_content("copy", 1), "and that of its content").await;
    }
}

async fn retention_is_not_the_lease<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let keys = [key("kept"), with_content("kept with content", 1)];
    for key in &keys {
        let (token, _) = win(store, key, "a new event is won").await;
        complete(store, key, token).await;
    }
    let [alone, together] = &keys;
    let copy = with_content("copy", 1);
    pass(LEASE * 2).await;
    is_done(store, alone, "done outlives the lease").await;
    is_done(store, together, "done outlives the lease").await;
    assert_eq!(claim(store, &copy).await, Claim::Replayed { outcome: OK }, "and so does its content");
    pass(KEPT).await;
    win(store, alone, "after its retention an event is forgotten").await;
    win(store, &copy, "and so is its content").await;
}

async fn what_is_not_kept_is_new<S: Store>(store: &S) {
    let key = with_content("not kept", 1);
    for _ in 0..2 {
        let (token, attempt) = win(store, &key, "what was done and not kept is won").await;
        assert_eq!(attempt, 1, "for the first time again");
        let retention = Retention::new(Duration::ZERO, Duration::ZERO);
        let held = store.complete(&key, token, retention, OK).await;
        assert_eq!(
            held.unwrap_or_else(|error| panic!("complete: {error}")),
            Hold::Held,
            "its owner completes"
        );
    }
    win(store, &with_content("copy", 1), "and so is its content").await;
}

async fn keys_are_apart<S: Store>(store: &S) {
    let id = |scope: Scope| EventKey::of_id(scope, key_id("same"));
    for scope in [
        Scope::new("a", "p", None),
        Scope::new("b", "p", None),
        Scope::new("a", "p", Some("tenant")),
        Scope::new("a", "p", Some("other")),
        Scope::new("a", "p2", None),
    ] {
        win(store, &id(scope), "equal ids of different senders are different events").await;
    }
    for odd in
        ["evt_1", "EVT_1", "evt_1 ", "{tag}", "a\r\n*1\r\n$8\r\nFLUSHALL\r\n", "nul\0", "é", "e\u{301}"]
    {
        win(store, &key(odd), "ids are compared byte for byte").await;
    }
    let long = "x".repeat(100_000);
    win(store, &key(&long), "long ids are ids").await;
    win(store, &key(&format!("{long}y")), "long ids differ in their last byte").await;
    for content in [0x11, 0xfe, 0xff] {
        let named = EventKey::of_content(key("any").scope().clone(), [content; 16], 1);
        win(store, &named, "digests are compared byte for byte").await;
    }
    for spelled in ["\u{11}", "11"] {
        win(store, &key(&spelled.repeat(16)), "an id that looks like a digest is an id").await;
    }
}

fn key_id(id: &str) -> EventId {
    EventId::new(id).unwrap_or_else(|| unreachable!("ids of these checks are not empty"))
}

async fn an_unknown_key_holds<S: Store>(store: &S) {
    let token = Token::new(7);
    let [done, runs] = [with_content("unknown", 1), with_content("unknown and renewed", 2)];
    assert_eq!(release(store, &done, token).await, Hold::Lost, "there is nothing to release");
    assert_eq!(complete(store, &done, token).await, Hold::Held, "what is unknown can be completed");
    is_done(store, &done, "and is done then").await;
    let copy = claim(store, &with_content("copy", 1)).await;
    assert_eq!(copy, Claim::Replayed { outcome: OK }, "with its content");
    assert_eq!(renew(store, &runs, token).await, Hold::Held, "what is unknown can be renewed");
    is_running(store, &runs, "and runs then").await;
    is_running(store, &with_content("copy", 2), "with its content").await;
}

async fn a_forgotten_event_runs_again<S: Store>(store: &S) {
    let key = with_content("forgotten", 9);
    let (token, _) = win(store, &key, "a new event is won").await;
    complete(store, &key, token).await;
    let forget = async || store.forget(&key).await.unwrap_or_else(|error| panic!("forget: {error}"));
    forget().await;
    let (token, _) = win(store, &key, "a forgotten event is won, with the content it was done with").await;
    forget().await;
    assert_eq!(complete(store, &key, token).await, Hold::Lost, "a forgotten run owns nothing");
    let (token, attempt) = win(store, &key, "a forgotten run is won").await;
    assert_eq!(attempt, 1, "the attempts of a forgotten event count anew");
    complete(store, &key, token).await;
    forget().await;
    let replayed = claim(store, &with_content("another", 9)).await;
    assert_eq!(replayed, Claim::Replayed { outcome: OK }, "only the forgotten id may have its content");
}

async fn what_fails_or_dies_stays_forgotten<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let rendered = |content| with_content("failing", content);
    let (token, _) = win(store, &rendered(1), "a new event is won").await;
    complete(store, &rendered(1), token).await;
    store.forget(&rendered(1)).await.unwrap_or_else(|error| panic!("forget: {error}"));
    let (token, _) = win(store, &rendered(2), "a forgotten event is won with any content").await;
    assert_eq!(renew(store, &rendered(2), token).await, Hold::Held, "its owner renews");
    release(store, &rendered(2), token).await;
    win(store, &rendered(3), "once more where that failed").await;
    pass(LEASE + LEASE / 2).await;
    win(store, &rendered(1), "or died, also with the content it was done with").await;
}

async fn content_is_claimed_with_its_id<S: Store>(store: &S) {
    let content = |id: &str| with_content(id, 1);
    let (token, _) = win(store, &content("first"), "a new event is won").await;
    is_running(store, &content("second"), "content that runs under another id is running").await;
    assert_eq!(complete(store, &content("first"), token).await, Hold::Held, "the owner completes");
    let replayed = claim(store, &content("second")).await;
    assert_eq!(
        replayed,
        Claim::Replayed { outcome: OK },
        "content that is done under another id is a replay"
    );
    let again = claim(store, &content("first")).await;
    assert_eq!(again, Claim::Done { outcome: OK, mismatch: false }, "under its own id it is a duplicate");
    win(store, &with_content("second", 2), "a refused replay takes no id").await;
}

async fn content_is_taken_over_under_another_id<S: Store>(store: &S, pass: &impl AsyncFn(Duration)) {
    let content = |id: &str| with_content(id, 4);
    let (first, _) = win(store, &content("first"), "a new event is won").await;
    let (failing, _) = win(store, &with_content("failing", 5), "a new event is won").await;
    pass(LEASE + Duration::from_millis(50)).await;
    let (second, _) =
        win(store, &content("second"), "content whose lease lapsed is won under another id").await;
    win(store, &with_content("not failing", 5), "content whose lease lapsed is won under another id").await;
    assert_eq!(
        renew(store, &content("first"), first).await,
        Hold::Lost,
        "the first is told at its next renewal"
    );
    assert_eq!(complete(store, &content("first"), first).await, Hold::Lost, "and decides nothing any more");
    is_running(store, &content("first"), "not even that it is done itself").await;
    release(store, &with_content("failing", 5), failing).await;
    is_running(store, &with_content("third", 5), "nor does it free what the second runs").await;
    assert_eq!(release(store, &content("second"), second).await, Hold::Held, "the second does");
    let (third, _) = win(store, &content("third"), "what it lets go is free").await;
    complete(store, &content("third"), third).await;
    let late =
        [renew(store, &content("first"), first).await, complete(store, &content("first"), first).await];
    assert_eq!(late, [Hold::Lost; 2], "also once that is done");
}

async fn released_content_is_free<S: Store>(store: &S) {
    let content = |id: &str| with_content(id, 3);
    let (token, _) = win(store, &content("first"), "a new event is won").await;
    release(store, &content("first"), token).await;
    win(store, &content("second"), "a provider that makes a new id for each try gets its retry handled")
        .await;
}

async fn other_content_under_an_id_is_a_mismatch<S: Store>(store: &S) {
    let rendered = |content, checksum| key("rendered").with_content(Some([content; 16]), checksum);
    let done = |mismatch| Claim::Done { outcome: OK, mismatch };
    let (token, _) = win(store, &rendered(7, 1), "a new event is won").await;
    release(store, &rendered(7, 1), token).await;
    let (token, _) = win(store, &rendered(4, 1), "a released event is won with any content").await;
    complete(store, &rendered(4, 1), token).await;
    // One body that is signed anew, with the time for instance, is no mismatch.
    for (content, checksum, mismatch) in [(5, 2, true), (6, 1, false), (7, 1, false)] {
        let said = claim(store, &rendered(content, checksum)).await;
        assert_eq!(said, done(mismatch), "an id that is done is done with any content");
        let own = with_content(&format!("own {content}"), content);
        win(store, &own, "and takes no content that it was not done with: that may be another event's").await;
    }
    let alone = |checksum| key("alone").with_content(None, checksum);
    let (token, _) = win(store, &alone(1), "a new event is won").await;
    complete(store, &alone(1), token).await;
    for checksum in [1, 2] {
        let due = done(checksum != 1);
        assert_eq!(claim(store, &alone(checksum)).await, due, "also where no content is claimed");
    }
}

async fn content_is_a_name_too<S: Store>(store: &S) {
    let named = |content| EventKey::of_content(key("any").scope().clone(), [content; 16], 2);
    let (token, _) = win(store, &named(1), "a new event is won").await;
    is_running(store, &with_content("one", 1), "content that runs without an id is running").await;
    complete(store, &named(1), token).await;
    let replayed = claim(store, &with_content("one", 1)).await;
    assert_eq!(replayed, Claim::Replayed { outcome: OK }, "content that is done without an id is a replay");
    let (token, _) = win(store, &with_content("two", 2), "a new event is won").await;
    complete(store, &with_content("two", 2), token).await;
    let replayed = claim(store, &named(2)).await;
    assert_eq!(
        replayed,
        Claim::Replayed { outcome: OK },
        "content that is done with an id is a replay without"
    );
}
