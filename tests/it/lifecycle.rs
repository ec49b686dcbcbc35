//! Handlers over time: many at once, slow, hung up on, panicking, losing their claim, shut down.

use std::{
    future::poll_fn,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
    time::{Duration, Instant},
};

use axum::{Router, http::StatusCode, routing::post};
use hookgate::{
    Cancellation, Receiver, StoreErrorKind, WebhookLayer,
    axum::Delivery,
    receiver::BodyRoom,
    store::MemoryStore,
    testing::{FaultyStore, Op},
};
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Notify, task::JoinSet};

use crate::{
    held::Held,
    support::{Bench, Effects, app, ask, counting, exchange, serve, status, stripe, until, wire},
};

const SOON: Duration = Duration::ZERO;

/// Sends so many deliveries of one event at once and counts the answers by status.
async fn storm(app: &Router, deliveries: usize, id: &str) -> (usize, usize, usize) {
    let mut tasks = JoinSet::new();
    for _ in 0..deliveries {
        let (app, event) = (app.clone(), stripe(id));
        tasks.spawn(async move { ask(&app, &event).await });
    }
    let (mut handled, mut running, mut done) = (0, 0, 0);
    while let Some(answer) = tasks.join_next().await {
        match answer.expect("an answer") {
            (204, "handled") => handled += 1,
            (503, "running") => running += 1,
            (200, "done") => done += 1,
            other => panic!("{other:?}"),
        }
    }
    (handled, running, done)
}

/// STO-01: of deliveries that come at once one is handled.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_concurrent_deliveries_one_is_handled() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, Duration::from_millis(50));
    for round in 0..30 {
        let id = format!("evt_{round}");
        let (handled, running, done) = storm(&app, 200, &id).await;
        assert_eq!((handled, handled + running + done), (1, 200), "round {round}");
        assert_eq!(effects.runs(), round + 1);
        assert_eq!(ask(&app, &stripe(&id)).await, (200, "done"));
    }
    assert_eq!(effects.most_at_once(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn failing_and_panicking_runs_never_overlap_and_end_in_one_success() {
    let (bench, effects, successes) = (Bench::new(), Effects::default(), Arc::new(AtomicUsize::new(0)));
    let receiver = bench.stripe().build().expect("a receiver");
    let (counted, succeeded) = (effects.clone(), Arc::clone(&successes));
    let app = app(&receiver, move |delivery: Delivery| {
        let (effects, successes) = (counted.clone(), Arc::clone(&succeeded));
        async move {
            effects.run(Duration::from_millis(1)).await;
            match delivery.attempt() {
                Some(1) => StatusCode::INTERNAL_SERVER_ERROR,
                Some(2) => panic!("the second attempt panics"),
                attempt => {
                    assert_eq!(attempt, Some(3));
                    successes.fetch_add(1, SeqCst);
                    StatusCode::NO_CONTENT
                }
            }
        }
    });
    for round in 0..50 {
        let mut senders = JoinSet::new();
        for _ in 0..8 {
            let (app, event) = (app.clone(), stripe(&format!("evt_{round}")));
            // A provider that tries until it is acknowledged.
            senders.spawn(async move {
                while ask(&app, &event).await.0 >= 300 {
                    tokio::task::yield_now().await
                }
            });
        }
        while senders.join_next().await.is_some() {}
        assert_eq!(successes.load(SeqCst), round + 1, "one success an event");
    }
    assert_eq!(effects.runs(), 150);
    assert_eq!(effects.most_at_once(), 1, "never two handlers at once");
}

/// LIF-05: a sender that hangs up ends nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_outlives_its_sender() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let address = serve(counting(&receiver, &effects, Duration::from_millis(200))).await;
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.write_all(&wire(&stripe("evt_1"))).await.expect("sent");
    until(|| effects.runs() == 1).await;
    drop(socket);
    assert_eq!(status(&exchange(address, &wire(&stripe("evt_1"))).await), 503);
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(effects.done(), 1);
    assert_eq!(status(&exchange(address, &wire(&stripe("evt_1"))).await), 200);
    assert_eq!(effects.runs(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inline_a_handler_ends_with_its_sender_and_the_next_delivery_runs() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().inline().build().expect("a receiver");
    let takes = Duration::from_millis(300);
    let address = serve(counting(&receiver, &effects, takes)).await;
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket.write_all(&wire(&stripe("evt_1"))).await.expect("sent");
    until(|| effects.runs() == 1).await;
    drop(socket);
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(effects.done(), 0, "dropped in the middle");
    assert_eq!(status(&exchange(address, &wire(&stripe("evt_1"))).await), 204);
    assert_eq!((effects.runs(), effects.done()), (2, 1));
    assert_eq!(status(&exchange(address, &wire(&stripe("evt_1"))).await), 200);
}

#[tokio::test]
async fn inline_what_was_handled_is_never_released_by_a_drop() {
    // The sender hangs up while the success is being settled.
    let (bench, effects) = (Bench::new(), Effects::default());
    let store = Held::at(Op::Complete, &bench);
    let receiver = bench.stripe().store(store.clone()).inline().build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    let sender = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| store.reached.load(SeqCst)).await;
    sender.abort();
    assert!(sender.await.is_err());
    store.gate.notify_one();
    store.gate.notify_one();
    tokio::task::yield_now().await;
    store.gate.notify_one();
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// A handler that is dropped may panic once more: its claim is let go, and its sender answered, all the same.
#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_when_it_is_dropped_is_dropped() {
    struct Mine;
    impl Drop for Mine {
        fn drop(&mut self) {
            panic!("not without me");
        }
    }
    for inline in [false, true] {
        let bench = Bench::new();
        let builder = bench.stripe().handler_timeout(Duration::from_secs(1));
        let builder = if inline { builder.inline() } else { builder };
        let receiver = builder.build().expect("a receiver");
        let app = app(&receiver, async |_: hookgate::Delivery| {
            let _mine = Mine;
            std::future::pending::<()>().await
        });
        for _ in 0..2 {
            assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "released"));
        }
        assert_eq!((receiver.in_flight(), bench.store.calls(Op::Release)), (0, 2));
    }
}

/// A store that panics is one that cannot be reached: the handler's answer stands, and it is told again.
#[tokio::test]
async fn a_store_that_panics_neither_ends_a_handler_nor_loses_its_answer() {
    for takes in [SOON, Duration::from_millis(50)] {
        let (bench, effects) = (Bench::new(), Effects::default());
        let receiver = bench.stripe().lease(Duration::from_millis(30)).build().expect("a receiver");
        let app = counting(&receiver, &effects, takes);
        bench.store.panic(Op::Renew);
        bench.store.panic(Op::Complete);
        bench.store.panic(Op::Release);
        assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
        assert_eq!(receiver.in_flight(), 1, "it is told again");
        bench.store.heal(Op::Complete);
        until(|| receiver.in_flight() == 0).await;
        assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
        assert_eq!(effects.runs(), 1);
    }
}

/// STO-20: the request is dropped while its claim is under way. The store granted it all the same; nobody
/// holds anything for it, and it ends with its lease.
#[tokio::test]
async fn a_request_that_is_dropped_while_it_claims_leaves_a_claim_that_ends() {
    for inline in [false, true] {
        let (bench, effects, room) = (Bench::new(), Effects::default(), BodyRoom::new(1000));
        let store = Held::at(Op::Claim, &bench);
        let builder = bench.stripe().store(store.clone()).body_room(room.clone());
        let receiver = if inline { builder.inline() } else { builder }.build().expect("a receiver");
        let app = counting(&receiver, &effects, SOON);
        let sender = tokio::spawn({
            let app = app.clone();
            async move { ask(&app, &stripe("evt_1")).await }
        });
        until(|| store.reached.load(SeqCst)).await;
        assert_eq!(receiver.in_flight(), 1);
        sender.abort();
        assert!(sender.await.expect_err("it was dropped").is_cancelled());
        assert_eq!((receiver.in_flight(), room.held(), effects.runs()), (0, 0, 0), "no permit is left");
        let next = counting(&bench.stripe().build().expect("a receiver"), &effects, SOON);
        assert_eq!(ask(&next, &stripe("evt_1")).await, (503, "running"), "the orphan");
        bench.clock.advance(Duration::from_secs(61));
        assert_eq!(ask(&next, &stripe("evt_1")).await, (204, "handled"));
        assert_eq!(ask(&next, &stripe("evt_1")).await, (200, "done"));
        assert_eq!(effects.runs(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_slower_than_its_lease_keeps_its_claim() {
    let effects = Effects::default();
    let bench = Bench::new();
    // A store on real time, so that leases lapse unless they are renewed.
    let store = hookgate::testing::FaultyStore::new(MemoryStore::builder().build().expect("a store"));
    let receiver =
        bench.stripe().store(store.clone()).lease(Duration::from_millis(150)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_millis(900));
    let first = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| effects.runs() == 1).await;
    while !first.is_finished() {
        let (status, word) = ask(&app, &stripe("evt_1")).await;
        assert!((status, word) == (503, "running") || (status, word) == (200, "done"), "{status} {word}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(first.await.expect("an answer"), (204, "handled"));
    assert!(store.calls(Op::Renew) >= 5, "{} renewals", store.calls(Op::Renew));
    assert_eq!(effects.runs(), 1);
}

/// A handler that never waits, though it gives others their turn: each time, tokio has its task wait for nothing.
async fn busy(lasts: Duration) {
    let until = Instant::now() + lasts;
    while Instant::now() < until {
        tokio::task::consume_budget().await;
    }
}

/// A handler that is never in want of the processor leaves its watch no share of the task's turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_never_waits_is_watched_over_all_the_same() {
    let (bench, runs) = (Bench::new(), Arc::new(AtomicUsize::new(0)));
    let store = FaultyStore::new(MemoryStore::builder().build().expect("a store"));
    let builder = || bench.stripe().store(store.clone()).lease(Duration::from_millis(150));
    let busy_for = |receiver: &Receiver<_>, lasts| {
        let runs = Arc::clone(&runs);
        app(receiver, move |_| {
            runs.fetch_add(1, SeqCst);
            async move {
                busy(lasts).await;
                StatusCode::NO_CONTENT
            }
        })
    };
    let app = busy_for(&builder().build().expect("a receiver"), Duration::from_millis(600));
    let first = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| store.calls(Op::Renew) >= 4).await;
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
    assert_eq!((first.await.expect("an answer"), runs.load(SeqCst)), ((204, "handled"), 1));

    let hour = Duration::from_secs(3600);
    let limited = builder().handler_timeout(Duration::from_millis(20)).build().expect("a receiver");
    assert_eq!(ask(&busy_for(&limited, hour), &stripe("evt_2")).await, (503, "released"));
    let receiver = builder().build().expect("a receiver");
    let endless = busy_for(&receiver, hour);
    let last = tokio::spawn(async move { ask(&endless, &stripe("evt_3")).await });
    until(|| runs.load(SeqCst) == 3).await;
    assert_eq!(receiver.shutdown(Duration::from_millis(20)).await, 1);
    assert_eq!(last.await.expect("an answer"), (503, "released"));
}

/// A renewal that fails is tried again soon, so that a short outage costs no claim.
#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_is_tried_again_soon() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().lease(Duration::from_secs(60)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_secs(100));
    bench.store.fail(Op::Renew, StoreErrorKind::Unavailable);
    let handling = tokio::spawn(async move { ask(&app, &stripe("evt_1")).await });
    let mut renewals = Vec::new();
    tokio::time::sleep(Duration::from_secs(1)).await;
    for _ in 0..9 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        renewals.push(bench.store.calls(Op::Renew));
        if renewals.len() == 4 {
            bench.store.heal(Op::Renew);
        }
    }
    // At 20 seconds and then each 5, until it is healed after 40; then each 20.
    assert_eq!(renewals, [0, 1, 3, 5, 6, 6, 7, 7, 8]);
    assert_eq!(handling.await.expect("an answer"), (204, "handled"));
}

/// STO-14, STO-15, STO-16: a handler whose lease lapsed is told by its cancellation, and its end changes
/// nothing for the one that took over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zombie_is_told_and_can_neither_complete_nor_free() {
    let bench = Bench::new();
    let store = hookgate::testing::FaultyStore::new(MemoryStore::builder().build().expect("a store"));
    let receiver =
        bench.stripe().store(store.clone()).lease(Duration::from_millis(60)).build().expect("a receiver");
    let (told, runs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let (to_end, enough) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handle = {
        let (told, runs, to_end, enough) = (told.clone(), runs.clone(), to_end.clone(), enough.clone());
        move |cancellation: Cancellation, delivery: Delivery| {
            let (told, runs, to_end, enough) = (told.clone(), runs.clone(), to_end.clone(), enough.clone());
            async move {
                runs.fetch_add(1, SeqCst);
                assert!(!cancellation.is_cancelled());
                if delivery.attempt() == Some(1) {
                    cancellation.cancelled().await;
                    assert!(cancellation.is_cancelled());
                    told.store(true, SeqCst);
                    enough.notified().await;
                    StatusCode::INTERNAL_SERVER_ERROR
                } else {
                    to_end.notified().await;
                    StatusCode::OK
                }
            }
        }
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()));
    let ask_in_background = || {
        let app = app.clone();
        tokio::spawn(async move { ask(&app, &stripe("evt_1")).await })
    };
    // The zombie cannot renew for a while: its lease lapses and a second delivery takes over.
    store.fail(Op::Renew, StoreErrorKind::Unavailable);
    let zombie = ask_in_background();
    until(|| runs.load(SeqCst) == 1).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = ask_in_background();
    until(|| runs.load(SeqCst) == 2).await;
    store.heal(Op::Renew);
    until(|| told.load(SeqCst)).await;
    enough.notify_one();
    assert_eq!(zombie.await.expect("an answer"), (500, "lost"));
    // Its failure freed nothing.
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
    to_end.notify_one();
    assert_eq!(second.await.expect("an answer"), (200, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(runs.load(SeqCst), 2);
}

/// LIF-10: a receiver that ends waits for what runs.
#[tokio::test]
async fn shutdown_lets_the_running_finish_and_nothing_new_in() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_millis(100));
    let running = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| effects.runs() == 1).await;
    let ending = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.shutdown(Duration::from_secs(3600)).await }
    });
    tokio::task::yield_now().await;
    assert_eq!(ask(&app, &stripe("evt_2")).await, (503, "refused"));
    assert_eq!(ending.await.expect("an end"), 0, "nothing was dropped");
    assert_eq!(running.await.expect("an answer"), (204, "handled"));
    assert_eq!((effects.runs(), effects.done()), (1, 1));
    assert_eq!(receiver.shutdown(SOON).await, 0, "ending twice is ending");
}

/// Also where the grace ends later than any clock can say.
#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_as_long_as_it_is_told() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_secs(24 * 3600));
    let running = tokio::spawn(async move { ask(&app, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    assert_eq!(receiver.shutdown(Duration::MAX).await, 0);
    assert_eq!(running.await.expect("an answer"), (204, "handled"));
}

/// A duplicate that waits for a running event begins nothing any more, and keeps nobody waiting.
#[tokio::test]
async fn shutdown_ends_the_waiting_for_running_events() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let hour = Duration::from_secs(3600);
    let receiver = bench.stripe().wait_for_running(hour).build().expect("a receiver");
    let app = counting(&receiver, &effects, hour);
    let [running, waiting] = [(); 2].map(|()| {
        let app = app.clone();
        tokio::spawn(async move { ask(&app, &stripe("evt_1")).await })
    });
    // More than once, so that it is in its wait.
    until(|| bench.store.calls(Op::Claim) >= 4).await;
    assert_eq!(receiver.in_flight(), 2);
    let ending = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.shutdown(Duration::from_secs(1)).await }
    });
    assert_eq!(waiting.await.expect("an answer"), (503, "refused"));
    assert!(!ending.is_finished() && receiver.in_flight() == 1, "long before the other one is dropped");
    assert_eq!(ending.await.expect("an end"), 1);
    assert_eq!(running.await.expect("an answer"), (503, "released"));
    assert_eq!(effects.runs(), 1);
}

#[tokio::test]
async fn shutdown_releases_what_is_left() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_secs(3600));
    let running = tokio::spawn(async move { ask(&app, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    assert_eq!(receiver.shutdown(Duration::from_millis(20)).await, 1);
    assert_eq!(running.await.expect("an answer"), (503, "released"));
    // The next process, on the same store, gets the retry.
    let next = bench.stripe().build().expect("a receiver");
    assert_eq!(ask(&counting(&next, &effects, SOON), &stripe("evt_1")).await, (204, "handled"));
    assert_eq!((effects.runs(), effects.done()), (2, 1));
}

/// A handler that could not be dropped in time is dropped when it can be, also where somebody ends the receiver once
/// more and more patiently.
#[tokio::test(start_paused = true)]
async fn what_is_to_be_dropped_is_not_spared_by_another_shutdown() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let (receiver, hour) = (bench.stripe().inline().build().expect("a receiver"), Duration::from_secs(3600));
    let (app, signed) = (counting(&receiver, &effects, hour), stripe("evt_1"));
    let mut sender = Box::pin(ask(&app, &signed));
    // Nobody looks after its connection then.
    assert!(poll_fn(|cx| Poll::Ready(sender.as_mut().poll(cx).is_pending())).await);
    assert_eq!((receiver.shutdown(SOON).await, receiver.in_flight(), effects.runs()), (0, 1, 1));
    let patient = tokio::spawn(async move { receiver.shutdown(hour).await });
    tokio::task::yield_now().await;
    let began = tokio::time::Instant::now();
    assert_eq!(sender.await, (503, "released"));
    assert!(began.elapsed() < hour);
    assert_eq!((patient.await.expect("an end"), effects.done()), (0, 0));
}

/// An event that was handled was not dropped, though the store could not be told of it yet.
#[tokio::test(start_paused = true)]
async fn shutdown_counts_what_was_dropped_alone() {
    let bench = Bench::new();
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &Effects::default(), SOON);
    bench.store.fail(Op::Complete, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
    assert_eq!((receiver.shutdown(Duration::from_secs(1)).await, receiver.in_flight()), (0, 1));
}

/// Takes long to be dropped, and remembers how many claims had been let go of by then.
struct Slow {
    store: FaultyStore<MemoryStore>,
    released: Arc<AtomicUsize>,
}

impl Drop for Slow {
    fn drop(&mut self) {
        std::thread::sleep(Duration::from_millis(50));
        self.released.store(self.store.calls(Op::Release), SeqCst);
    }
}

/// However a handler is dropped, it is gone before its claim is: the next one may begin at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_is_let_go_of_after_its_handler_is_gone() {
    let minute = Duration::from_secs(60);
    for (way, timeout) in [("hung up", minute), ("timed out", Duration::from_millis(20)), ("ended", minute)] {
        let (bench, released) = (Bench::new(), Arc::new(AtomicUsize::new(usize::MAX)));
        let runs = Arc::new(AtomicUsize::new(0));
        let receiver = bench.stripe().inline().handler_timeout(timeout).build().expect("a receiver");
        let app = app(&receiver, {
            let (store, released, runs) = (bench.store.clone(), Arc::clone(&released), Arc::clone(&runs));
            move |_| {
                let slow = Slow { store: store.clone(), released: Arc::clone(&released) };
                let runs = Arc::clone(&runs);
                async move {
                    let _slow = slow;
                    runs.fetch_add(1, SeqCst);
                    std::future::pending::<StatusCode>().await
                }
            }
        });
        let signed = stripe("evt_1");
        let mut sender = Box::pin(ask(&app, &signed));
        tokio::select! {
            _ = &mut sender => panic!("answered"),
            () = until(|| runs.load(SeqCst) == 1) => {}
        }
        match way {
            "hung up" => drop(sender),
            "ended" => assert_eq!(tokio::join!(sender, receiver.shutdown(SOON)), ((503, "released"), 1)),
            _ => assert_eq!(sender.await, (503, "released")),
        }
        until(|| bench.store.calls(Op::Release) == 1).await;
        assert_eq!(released.load(SeqCst), 0, "{way}");
    }
}

/// LIF-12: what a runtime drops in the middle is not done; it runs again after its lease.
#[test]
fn a_runtime_that_ends_completes_nothing() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver: Receiver<_> = bench.stripe().build().expect("a receiver");
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
    };
    let first = runtime();
    let slow = counting(&receiver, &effects, Duration::from_secs(3600));
    first.spawn(async move { ask(&slow, &stripe("evt_1")).await });
    first.block_on(until(|| effects.runs() == 1));
    first.shutdown_timeout(Duration::from_secs(5));
    bench.clock.advance(Duration::from_secs(61));
    let quick = counting(&receiver, &effects, SOON);
    assert_eq!(runtime().block_on(async { ask(&quick, &stripe("evt_1")).await }), (204, "handled"));
    assert_eq!((effects.runs(), effects.done()), (2, 1));
}
