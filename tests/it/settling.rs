//! Waiting for others and trying again: how often, and for how long. Time is paused here, so that each step
//! is counted.

use std::time::Duration;

use hookgate::{StoreErrorKind, testing::Op};

use crate::support::{Bench, Effects, ask, counting, stripe, until};

const SOON: Duration = Duration::ZERO;
const NEVER: Duration = Duration::from_secs(36_000);

/// Row 7: after 20 ms, 40 ms and so on up to half a second, and once more when the time is over.
#[tokio::test(start_paused = true)]
async fn a_duplicate_that_waits_looks_ever_more_rarely() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().wait_for_running(Duration::from_secs(3)).build().expect("a receiver");
    let app = counting(&receiver, &effects, NEVER);
    let running = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| effects.runs() == 1).await;
    let (claims, started) = (bench.store.calls(Op::Claim), tokio::time::Instant::now());
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
    // At 0, 20, 60, 140, 300 and 620 ms, at four times half a second more, and at the end.
    assert_eq!(bench.store.calls(Op::Claim) - claims, 11);
    assert_eq!(started.elapsed(), Duration::from_secs(3));
    running.abort();
}

/// Row 13: after 50 ms, 100 ms and so on up to five seconds, for as long as `settle_retries` says.
#[tokio::test(start_paused = true)]
async fn a_success_that_cannot_be_settled_is_tried_for_so_long() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().settle_retries(Duration::from_secs(30)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    bench.store.fail(Op::Complete, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
    let started = tokio::time::Instant::now();
    until(|| receiver.in_flight() == 0).await;
    // At once and again, after 0.05, 0.15, 0.35, 0.75, 1.55, 3.15 and 6.35 s, and each five seconds after.
    assert_eq!(bench.store.calls(Op::Complete), 1 + 8 + 4);
    let took = started.elapsed();
    assert!((Duration::from_millis(26_350)..Duration::from_millis(26_400)).contains(&took), "{took:?}");
    assert_eq!(effects.runs(), 1);
}

/// Nobody renews the lease meanwhile. Between two tries of a twelfth of it at most, a store that is back in time hears
/// of the success before another may take the event over.
#[tokio::test(start_paused = true)]
async fn a_success_is_told_before_its_lease_ends_where_the_store_is_back_by_then() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let lease = Duration::from_secs(6);
    let receiver = bench.stripe().lease(lease).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    bench.store.fail(Op::Complete, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
    let pass = async |time| {
        tokio::time::sleep(time).await;
        bench.clock.advance(time);
    };
    pass(lease / 12 * 10).await;
    bench.store.heal(Op::Complete);
    pass(lease / 12 * 2).await;
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// Up to the very end of the time, and no longer.
#[tokio::test(start_paused = true)]
async fn the_time_for_settling_is_over_when_it_says() {
    for (patience, tries) in [(49, 1), (50, 1), (51, 2), (150, 2), (151, 3)] {
        let bench = Bench::new();
        let receiver = bench.stripe().settle_retries(Duration::from_millis(patience));
        let receiver = receiver.build().expect("a receiver");
        let app = counting(&receiver, &Effects::default(), SOON);
        bench.store.fail(Op::Complete, StoreErrorKind::TimedOut);
        assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
        until(|| receiver.in_flight() == 0).await;
        assert_eq!(bench.store.calls(Op::Complete), 1 + tries, "{patience} ms");
    }
}

/// A claim that nothing was done under ends with its lease: letting it go is tried once.
#[tokio::test(start_paused = true)]
async fn a_release_is_tried_once() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().inline().build().expect("a receiver");
    let app = counting(&receiver, &effects, NEVER);
    bench.store.fail(Op::Release, StoreErrorKind::Unavailable);
    let sender = tokio::spawn(async move { ask(&app, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    sender.abort();
    until(|| receiver.in_flight() == 0).await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(bench.store.calls(Op::Release), 1);
}
