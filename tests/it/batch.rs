//! Deliveries that carry several events: each is claimed and settled by itself.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::post};
use hookgate::{
    Cancellation, Delivery, EventId, Receiver, ReceiverBuilder, StoreErrorKind, Verifier, WebhookLayer,
    axum::{Batch, BatchOutcome},
    providers::GoCardless,
    scheme::{Part, Payload, Scheme, header},
    store::{EventKey, MemoryStore},
    testing::{FaultyStore, Op, SignedRequest, Signer},
    tower::VerifiedBody,
};
use serde::Deserialize;
use tokio::sync::Notify;
use tower::{Layer, ServiceExt};

use crate::{
    held::Held,
    support::{Bench, NOW, SECRET, ask, request, until},
};

fn delivery(ids: &[&str]) -> SignedRequest {
    let events: Vec<String> = ids
        .iter()
        .map(|id| format!(r#"{{"id":"{id}","resource_type":"payments","action":"paid"}}"#))
        .collect();
    let body = format!(r#"{{"events":[{}],"meta":{{"webhook_id":"WB{}"}}}}"#, events.join(","), ids.concat());
    Signer::new::<GoCardless>(SECRET).target("/hooks").sign(body).expect("signed")
}

fn receiver(bench: &Bench) -> ReceiverBuilder<GoCardless> {
    Receiver::<GoCardless>::builder().secret(SECRET).clock(bench.clock.clone()).store(bench.store.clone())
}

/// What was done for each event: how often it was tried, succeeded, and ran beside itself.
#[derive(Clone, Default)]
struct Book(Arc<Mutex<BTreeMap<String, Page>>>);

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Page {
    tried: usize,
    succeeded: usize,
    running: usize,
    overlapped: bool,
    attempt: u32,
}

impl Book {
    fn page(&self, id: &str) -> Page {
        self.0.lock().expect("a book").get(id).copied().unwrap_or_default()
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Page)) -> Page {
        let mut book = self.0.lock().expect("a book");
        let page = book.entry(id.to_owned()).or_default();
        change(page);
        *page
    }
}

/// Events named `fails…` fail the first time, `panics…` panic, `slow…` take a while.
fn app(receiver: &Receiver<GoCardless>, book: &Book) -> Router {
    let book = book.clone();
    let handle = async move |batch: Batch| -> BatchOutcome {
        batch
            .each(async |event| {
                let id = event.id().expect("an id").to_string();
                let attempt = event.attempt().unwrap_or(0);
                let page = book.change(&id, |page| {
                    page.tried += 1;
                    page.running += 1;
                    page.attempt = attempt;
                    page.overlapped |= page.running > 1;
                });
                if id.starts_with("slow") {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                book.change(&id, |page| page.running -= 1);
                match page.tried {
                    1 if id.starts_with("fails") => return Err("failed"),
                    1 if id.starts_with("panics") => panic!("an event panics"),
                    _ => {}
                }
                book.change(&id, |page| page.succeeded += 1);
                Ok(())
            })
            .await
    };
    Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()))
}

#[tokio::test]
async fn what_was_handled_of_a_list_stays_handled_when_the_rest_fails() {
    let bench = Bench::new();
    let (receiver, book) = (receiver(&bench).build().expect("a receiver"), Book::default());
    let app = app(&receiver, &book);
    let first = delivery(&["EV1", "fails2", "panics3", "EV4"]);
    assert_eq!(ask(&app, &first).await.0, 500);
    let seen = |id: &str| (book.page(id).tried, book.page(id).succeeded);
    assert_eq!((seen("EV1"), seen("fails2"), seen("panics3"), seen("EV4")), ((1, 1), (1, 0), (1, 0), (1, 1)));
    // The provider sends it again: only what failed runs.
    assert_eq!(ask(&app, &first).await.0, 200);
    assert_eq!((seen("EV1"), seen("fails2"), seen("panics3"), seen("EV4")), ((1, 1), (2, 1), (2, 1), (1, 1)));
    assert_eq!((book.page("fails2").attempt, book.page("EV1").attempt), (2, 1));
    // And again in another list, with an event that is new.
    assert_eq!(ask(&app, &delivery(&["EV4", "EV5", "fails2"])).await.0, 200);
    assert_eq!((seen("EV4"), seen("EV5"), seen("fails2")), ((1, 1), (1, 1), (2, 1)));
    // The list as a whole is done too.
    assert_eq!(ask(&app, &first).await, (200, "done"));
    assert_eq!(receiver.in_flight(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_in_two_lists_at_once_has_one_handler() {
    let bench = Bench::new();
    let (receiver, book) = (receiver(&bench).build().expect("a receiver"), Book::default());
    let app = app(&receiver, &book);
    let mut tasks = tokio::task::JoinSet::new();
    for other in 0..8 {
        let (app, signed) = (app.clone(), delivery(&["slow1", &format!("EV{other}")]));
        tasks.spawn(async move { ask(&app, &signed).await.0 });
    }
    let mut answers: Vec<u16> = tasks.join_all().await;
    answers.sort_unstable();
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().skip(1).all(|status| *status == 503), "{answers:?}");
    let page = book.page("slow1");
    assert_eq!((page.tried, page.succeeded, page.overlapped), (1, 1, false));
    // What was turned away comes again, and only its own events run.
    for other in 0..8 {
        assert_eq!(ask(&app, &delivery(&["slow1", &format!("EV{other}")])).await.0, 200);
        assert_eq!((book.page(&format!("EV{other}")).succeeded, book.page("slow1").succeeded), (1, 1));
    }
}

#[tokio::test]
async fn a_store_that_is_out_in_the_middle_loses_and_doubles_nothing() {
    let bench = Bench::new();
    let (receiver, book) = (receiver(&bench).build().expect("a receiver"), Book::default());
    let app = app(&receiver, &book);
    bench.store.fail(Op::Complete, hookgate::StoreErrorKind::Unavailable);
    // Handled, and remembered as soon as the store can be told.
    assert_eq!(ask(&app, &delivery(&["EV1"])).await.0, 200);
    bench.store.heal(Op::Complete);
    let again = delivery(&["EV1", "EV2"]);
    until(|| receiver.in_flight() == 0).await;
    let mut status = 0;
    for _ in 0..100 {
        status = ask(&app, &again).await.0;
        if status == 200 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((status, book.page("EV1").succeeded, book.page("EV2").succeeded), (200, 1, 1));
}

#[tokio::test]
async fn what_is_no_list_is_undecodable_and_a_lone_event_is_a_list_of_one() {
    let bench = Bench::new();
    let (receiver, book) = (receiver(&bench).build().expect("a receiver"), Book::default());
    let app = app(&receiver, &book);
    let sign = |body: &str| {
        Signer::new::<GoCardless>(SECRET).target("/hooks").sign(body.to_owned()).expect("signed")
    };
    for body in [r#"{"meta":{}}"#, r#"{"events":[],"events":[]}"#, "[]", "no JSON"] {
        assert_eq!(ask(&app, &sign(body)).await.0, 422, "{body}");
        assert_eq!(ask(&app, &sign(body)).await.0, 422, "{body}: it may come again");
    }
    // Whatever the handler makes of it.
    let handle = async |batch: Batch| match batch.each(async |_| Ok::<(), ()>(())).await.undecodable {
        true => StatusCode::BAD_REQUEST,
        false => StatusCode::OK,
    };
    let other = self::receiver(&bench).name("other").build().expect("a receiver");
    let other = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(other));
    assert_eq!(ask(&other, &sign("[]")).await, (400, "undecodable"));
    assert_eq!(ask(&app, &sign(r#"{"events":[]}"#)).await.0, 200);
    assert_eq!(ask(&app, &sign(r#"{"events":{"id":"EV9"}}"#)).await.0, 200);
    assert_eq!(book.page("EV9").succeeded, 1);
}

#[test]
fn items_are_deliveries_with_ids_types_and_payloads_of_their_own() {
    #[derive(Deserialize, PartialEq, Debug)]
    enum Kind {
        #[serde(rename = "payments")]
        Payment { action: String },
        #[serde(other)]
        Other,
    }
    let signed = delivery(&["EV1", "EV2"]);
    let verifier = hookgate::Verifier::builder::<GoCardless>().secret(SECRET).build().expect("a verifier");
    let now = hookgate::UnixTime::from_secs(0);
    let delivery = verifier.verify(signed.head(), signed.body().clone(), now).expect("authentic");
    let items = delivery.items().expect("a list");
    let ids: Vec<&str> = items.iter().filter_map(|item| item.id()).map(|id| id.as_str()).collect();
    assert_eq!(ids, ["EV1", "EV2"]);
    assert!(items.iter().all(|item| item.id_is_signed() && item.event_type_is_signed()));
    assert_eq!(items[1].payload(), br#"{"id":"EV2","resource_type":"payments","action":"paid"}"#);
    assert_eq!(items[0].event::<Kind>(), Ok(Kind::Payment { action: "paid".to_owned() }));
}

/// Of events without ids the digests of their own JSON are the names, also where that comes in a form.
#[test]
fn items_of_a_form_are_told_apart_without_ids() {
    const SCHEME: Scheme = Scheme::hmac_sha256("listed")
        .signature(header("x-signature").hex())
        .signs(&[Part::Body])
        .payload(Payload::JsonOrFormField("events"))
        .event_type(header("x-kind"))
        .batch(hookgate::scheme::Batch::of(""));
    let verifier = Verifier::builder_for(SCHEME).secret(SECRET).build().expect("a verifier");
    let signed =
        Signer::for_scheme(SCHEME, SECRET).sign("events=%5B%7B%22n%22%3A1%7D%2C%7B%22n%22%3A2%7D%5D");
    let signed = signed.expect("signed");
    let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
    let items = delivery.items().expect("a list");
    let payloads: Vec<&[u8]> = items.iter().map(|item| item.payload()).collect();
    assert_eq!(payloads, [br#"{"n":1}"#, br#"{"n":2}"#]);
    let names: Vec<_> = items
        .iter()
        .map(|item| EventKey::of(item, hookgate::store::Scope::new("r", "p", None), true).name().1.to_vec())
        .collect();
    assert_ne!(names[0], names[1]);
    assert!(!delivery.event_type_is_signed() && items.iter().all(|item| item.event_type_is_signed()));
}

/// What a token comes with is not signed, and nor is what is in the list.
#[test]
fn items_of_an_unsigned_list_are_unsigned() {
    const SCHEME: Scheme = Scheme::token("listed")
        .signature(header("x-token").raw())
        .batch(hookgate::scheme::Batch::of("").id("/id").event_type("/type"));
    let verifier = Verifier::builder_for(SCHEME).secret(SECRET).build().expect("a verifier");
    let signed = Signer::for_scheme(SCHEME, SECRET).sign(r#"[{"id":"1","type":"paid"}]"#).expect("signed");
    let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
    let items = delivery.items().expect("a list");
    assert_eq!(items[0].event_type().expect("a type"), "paid");
    assert!(!items[0].id_is_signed() && !items[0].event_type_is_signed());
}

#[tokio::test]
async fn a_service_without_extractors_asks_the_delivery() {
    let (bench, events) = (Bench::new(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&events);
    let inner = tower::service_fn(move |request: http::Request<VerifiedBody>| {
        let counted = Arc::clone(&counted);
        async move {
            let delivery = request.extensions().get::<Delivery>().expect("a delivery");
            assert!(!Cancellation::of(delivery).expect("a run").is_cancelled());
            let handle = async |_| {
                counted.fetch_add(1, SeqCst);
                Ok::<(), Infallible>(())
            };
            let outcome = Batch::of(delivery).expect("a run").each(handle).await;
            let mut response = http::Response::new(axum::body::Body::empty());
            *response.status_mut() = http::StatusCode::from_u16(outcome.status()).expect("a status");
            Ok::<_, Infallible>(response)
        }
    });
    let service = WebhookLayer::new(receiver(&bench).build().expect("a receiver")).layer(inner);
    for ids in [["EV1", "EV2"], ["EV2", "EV3"]] {
        let response = service.clone().oneshot(request(&delivery(&ids))).await.expect("no error");
        assert_eq!(response.status(), 200);
    }
    assert_eq!(events.load(SeqCst), 3);
    // What no gate handed on has no run.
    let signed = delivery(&["EV1"]);
    let verifier = Verifier::builder::<GoCardless>().secret(SECRET).build().expect("a verifier");
    let verified = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
    assert!(Cancellation::of(&verified).is_none() && Batch::of(&verified).is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_is_told_when_the_claim_on_one_of_its_events_is_lost() {
    let (bench, memory) = (Bench::new(), MemoryStore::builder().build().expect("a store"));
    let store = FaultyStore::new(memory);
    let receiver = receiver(&bench).store(store.clone()).lease(Duration::from_millis(60));
    let receiver = receiver.build().expect("a receiver");
    let (told, attempts) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, began) = (Arc::clone(&told), Arc::clone(&attempts));
    let handle = async move |cancellation: Cancellation, batch: Batch| -> BatchOutcome {
        batch
            .each(async |event| {
                began.fetch_add(1, SeqCst);
                if event.attempt() == Some(1) {
                    cancellation.cancelled().await;
                    counted.fetch_add(1, SeqCst);
                }
                Ok::<(), std::convert::Infallible>(())
            })
            .await
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()));
    // It cannot renew for a while: another list with the same event takes that over.
    store.fail(Op::Renew, StoreErrorKind::Unavailable);
    let slow = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &delivery(&["EV1"])).await }
    });
    until(|| attempts.load(SeqCst) == 1).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let done =
        ask(&app, &Signer::new::<GoCardless>(SECRET).target("/hooks").sign(OTHER).expect("signed")).await;
    assert_eq!((done, attempts.load(SeqCst), told.load(SeqCst)), ((200, "handled"), 2, 0));
    store.heal(Op::Renew);
    assert_eq!(slow.await.expect("an answer").0, 200, "its own effect is done");
    assert_eq!(told.load(SeqCst), 1);
}

/// Another list with the same event.
const OTHER: &str =
    r#"{"events":[{"id":"EV1","resource_type":"payments","action":"paid"}],"meta":{"webhook_id":"WB2"}}"#;

/// What became of each event is counted, and each claim is settled once.
#[tokio::test]
async fn the_outcome_counts_every_event() {
    let bench = Bench::new();
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&outcomes);
    let handle = async move |batch: Batch| -> BatchOutcome {
        let handling = async |event: hookgate::Delivery| match event.id().map(|id| id.as_str()) {
            Some("never1" | "never2" | "never3") => std::future::pending().await,
            Some("fails1" | "fails2" | "fails3") => Err("failed"),
            _ => Ok(()),
        };
        let outcome = batch.each(handling).await;
        seen.lock().expect("outcomes").push(outcome);
        outcome
    };
    let receiver = receiver(&bench).build().expect("a receiver");
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()));
    for ids in [["never1"], ["never2"], ["never3"]] {
        let app = app.clone();
        let claims = bench.store.calls(Op::Claim);
        tokio::spawn(async move { ask(&app, &delivery(&ids)).await });
        until(|| bench.store.calls(Op::Claim) == claims + 2).await;
    }
    assert_eq!(ask(&app, &delivery(&["a", "b", "c"])).await.0, 200);
    let settled = (bench.store.calls(Op::Complete), bench.store.calls(Op::Release));
    let of_all = ["a", "b", "c", "d", "e", "never1", "never2", "never3", "fails1", "fails2", "fails3"];
    bench.store.fail(Op::Release, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &delivery(&of_all)).await.0, 500);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let outcome = outcomes.lock().expect("outcomes")[1];
    let counts = (outcome.handled, outcome.duplicates, outcome.running, outcome.failed);
    assert_eq!((counts, outcome.undecodable), ((2, 3, 3, 3), false));
    // Two of its events are done, three and the list itself let go, none of it a second time.
    let now = (bench.store.calls(Op::Complete), bench.store.calls(Op::Release));
    assert_eq!((now.0 - settled.0, now.1 - settled.1), (2, 4));
}

/// What is dropped while its success is being settled stays a success, and is waited for.
#[tokio::test]
async fn an_event_that_was_handled_is_never_released_by_a_drop() {
    let (bench, book) = (Bench::new(), Book::default());
    let store = Held::at(Op::Complete, &bench);
    let stalling = receiver(&bench).store(store.clone()).inline().build().expect("a receiver");
    let app_of = |receiver: &Receiver<GoCardless>| app(receiver, &book);
    let app = app_of(&stalling);
    let sender = tokio::spawn(async move { ask(&app, &delivery(&["EV1"])).await });
    until(|| store.reached.load(SeqCst)).await;
    sender.abort();
    assert!(sender.await.is_err());
    until(|| bench.store.calls(Op::Release) == 1).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!((stalling.in_flight(), bench.store.calls(Op::Release)), (1, 1), "a shutdown waits for it");
    while stalling.in_flight() > 0 {
        store.gate.notify_one();
        tokio::task::yield_now().await;
    }
    let other = app_of(&receiver(&bench).build().expect("a receiver"));
    assert_eq!(ask(&other, &delivery(&["EV1", "EV2"])).await, (200, "handled"));
    assert_eq!((book.page("EV1").tried, book.page("EV2").tried), (1, 1));
}

/// A handler may panic before it has made its future, and a store at any time.
#[tokio::test]
async fn panics_are_failures_of_one_event() {
    let bench = Bench::new();
    let receiver = receiver(&bench).lease(Duration::from_millis(30)).build().expect("a receiver");
    let handle = async |batch: Batch| -> BatchOutcome {
        batch
            .each(|event| {
                assert_ne!(event.id().map(|id| id.as_str()), Some("EV1"), "before there is a future");
                async {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    Ok::<_, Infallible>(())
                }
            })
            .await
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver));
    assert_eq!(ask(&app, &delivery(&["EV1", "EV2"])).await, (500, "released"));
    assert_eq!(bench.store.calls(Op::Complete), 1, "the other one is done");
    bench.store.panic(Op::Renew);
    assert_eq!(ask(&app, &delivery(&["EV3"])).await, (200, "handled"), "its handler goes on");
    assert!(bench.store.calls(Op::Renew) > 0);
}

/// An event whose handler is dropped in the middle is let go at once.
#[tokio::test]
async fn an_event_that_takes_too_long_may_be_tried_again() {
    let bench = Bench::new();
    let (receiver, book) = (receiver(&bench).handler_timeout(Duration::from_millis(20)), Book::default());
    let app = app(&receiver.build().expect("a receiver"), &book);
    assert_eq!(ask(&app, &delivery(&["EV1", "slow2"])).await, (503, "released"));
    until(|| bench.store.calls(Op::Release) == 2).await;
    assert_eq!(ask(&app, &delivery(&["EV1", "slow2"])).await, (503, "released"));
    let (done, slow) = (book.page("EV1"), book.page("slow2"));
    assert_eq!((done.tried, done.succeeded, slow.tried, slow.attempt), (1, 1, 2, 2));
}

/// An event keeps its claim also beside work of its handler that leaves it no share of the task's turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_beside_work_that_never_waits_keeps_its_claim() {
    let (bench, ended) = (Bench::new(), Arc::new(AtomicBool::new(false)));
    let store = FaultyStore::new(MemoryStore::builder().build().expect("a store"));
    let receiver = receiver(&bench).store(store.clone()).lease(Duration::from_millis(150));
    let end = Arc::clone(&ended);
    let handle = async move |batch: Batch| -> BatchOutcome {
        let busy = async {
            while !end.load(SeqCst) {
                tokio::task::consume_budget().await;
            }
        };
        let events = batch.each(async |_| {
            while !end.load(SeqCst) {
                tokio::task::yield_now().await;
            }
            Ok::<(), Infallible>(())
        });
        tokio::join!(biased; busy, events).1
    };
    let receiver = receiver.build().expect("a receiver");
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver));
    let ask_for = |ids: &'static [&str]| {
        let app = app.clone();
        tokio::spawn(async move { ask(&app, &delivery(ids)).await })
    };
    let first = ask_for(&["EV1"]);
    until(|| store.calls(Op::Claim) == 2).await;
    // More than one lease later.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let second = ask_for(&["EV1", "EV2"]);
    until(|| store.calls(Op::Claim) >= 4).await;
    ended.store(true, SeqCst);
    assert_eq!(first.await.expect("an answer").0, 200);
    assert_eq!(second.await.expect("an answer").0, 503, "EV1 is running elsewhere");
}

/// A list of which an event is being handled in another list has not failed, however often it comes.
#[tokio::test]
async fn a_list_is_not_given_up_for_what_runs_elsewhere() {
    let (bench, letters, fails) = (Bench::new(), Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let (counted, told) = (Arc::clone(&letters), Arc::clone(&fails));
    let receiver = receiver(&bench).max_attempts(2).dead_letter(move |_| {
        counted.fetch_add(1, SeqCst);
    });
    let handle = async move |batch: Batch| -> BatchOutcome {
        batch
            .each(async |event| match event.attempt() {
                Some(1) if event.id().is_some_and(|id| id.as_str() == "EV1") => {
                    told.notified().await;
                    Err("failed")
                }
                _ if event.id().is_some_and(|id| id.as_str() == "BAD") => Err("failed"),
                Some(2) => Err("failed again"),
                _ => Ok(()),
            })
            .await
    };
    let receiver = receiver.build().expect("a receiver");
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver));
    let first = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &delivery(&["EV1"])).await }
    });
    until(|| bench.store.calls(Op::Claim) == 2).await;
    for attempt in 1..=4 {
        assert_eq!(ask(&app, &delivery(&["EV1", "EV2"])).await, (503, "released"), "{attempt}");
        // Nor for what fails beside it.
        assert_eq!(ask(&app, &delivery(&["EV1", "BAD"])).await, (500, "released"), "{attempt}");
    }
    fails.notify_one();
    assert_eq!((first.await.expect("an answer").0, letters.load(SeqCst)), (500, 0));
    // Its own failure ends it: its attempts are over.
    assert_eq!(ask(&app, &delivery(&["EV1", "EV2"])).await, (200, "given_up"));
    assert_eq!(letters.load(SeqCst), 1);
    assert_eq!(ask(&app, &delivery(&["EV1", "EV3"])).await, (200, "handled"));
}

/// It waits for such an event no longer than until the end begins, and comes again.
#[tokio::test]
async fn a_list_that_waits_when_the_end_begins_is_not_done() {
    let (bench, ends, seen) = (Bench::new(), Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
    let app = |receiver: &Receiver<GoCardless>, is_slow: bool| {
        let (ends, seen) = (Arc::clone(&ends), Arc::clone(&seen));
        let handle = async move |batch: Batch| -> BatchOutcome {
            let handle = async |_: Delivery| {
                if is_slow {
                    ends.notified().await;
                }
                Ok::<(), Infallible>(())
            };
            let outcome = batch.each(handle).await;
            seen.lock().expect("outcomes").push(outcome);
            outcome
        };
        Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()))
    };
    let elsewhere = app(&receiver(&bench).build().expect("a receiver"), true);
    let first = tokio::spawn(async move { ask(&elsewhere, &delivery(&["EV1"])).await });
    until(|| bench.store.calls(Op::Claim) == 2).await;
    let ending = receiver(&bench).wait_for_running(Duration::from_secs(3600)).build().expect("a receiver");
    let waits = app(&ending, false);
    let second = tokio::spawn(async move { ask(&waits, &delivery(&["EV1", "EV2"])).await });
    // More than once, so that it is in its wait.
    until(|| bench.store.calls(Op::Claim) >= 6).await;
    let shutdown = tokio::spawn(async move { ending.shutdown(Duration::from_secs(3600)).await });
    assert_eq!(second.await.expect("an answer"), (503, "released"));
    let outcome = seen.lock().expect("outcomes").remove(0);
    assert_eq!((outcome.running, outcome.handled, outcome.duplicates), (1, 1, 0));
    assert_eq!(shutdown.await.expect("an end"), 0);
    ends.notify_one();
    assert_eq!(first.await.expect("an answer"), (200, "handled"));
}

/// Nor is one that is cut short while it waits for such an event: what comes behind that was never tried.
#[tokio::test]
async fn a_list_is_not_given_up_while_it_waits_for_what_runs_elsewhere() {
    let (bench, ends, seen) = (Bench::new(), Arc::new(Notify::new()), Arc::new(Mutex::new(Vec::new())));
    let app = |receiver: ReceiverBuilder<GoCardless>, is_slow: bool| {
        let (ends, seen) = (Arc::clone(&ends), Arc::clone(&seen));
        let handle = async move |batch: Batch| -> BatchOutcome {
            batch
                .each(async |event| {
                    if is_slow {
                        ends.notified().await;
                    }
                    seen.lock().expect("ids").push(event.id().expect("an id").to_string());
                    Ok::<_, Infallible>(())
                })
                .await
        };
        Router::new()
            .route("/hooks", post(handle))
            .layer(WebhookLayer::new(receiver.build().expect("a receiver")))
    };
    let slow = app(receiver(&bench), true);
    let hasty = receiver(&bench).max_attempts(1).handler_timeout(Duration::from_millis(100));
    let hasty = app(hasty.wait_for_running(Duration::from_secs(60)), false);
    let first = tokio::spawn(async move { ask(&slow, &delivery(&["EV1"])).await });
    until(|| bench.store.calls(Op::Claim) == 2).await;
    let list = delivery(&["EV0", "EV1", "EV2"]);
    assert_eq!(ask(&hasty, &list).await, (503, "released"));
    ends.notify_one();
    assert_eq!(first.await.expect("an answer"), (200, "handled"));
    assert_eq!(ask(&hasty, &list).await, (200, "handled"));
    assert_eq!(*seen.lock().expect("ids"), ["EV0", "EV1", "EV2"]);
}

/// An event is forgotten by its own id; the list that it came in, by its content, is not.
#[tokio::test]
async fn an_event_of_a_list_is_forgotten_by_its_id() {
    let bench = Bench::new();
    let (receiver, book) = (receiver(&bench).build().expect("a receiver"), Book::default());
    let app = app(&receiver, &book);
    let tried = || (book.page("EV1").tried, book.page("EV2").tried);
    assert_eq!(ask(&app, &delivery(&["EV1", "EV2"])).await, (200, "handled"));
    receiver.forget(&EventId::new("EV1").expect("an id")).await.expect("forgotten");
    assert_eq!((ask(&app, &delivery(&["EV1", "EV2"])).await, tried()), ((200, "done"), (1, 1)));
    assert_eq!((ask(&app, &delivery(&["EV2", "EV1"])).await, tried()), ((200, "handled"), (2, 1)));
}

/// Deliveries and the events in them are counted apart by some providers: an id of both is two events.
#[tokio::test]
async fn an_event_may_have_the_id_of_a_delivery() {
    const SCHEME: Scheme = Scheme::hmac_sha256("numbered")
        .signature(header("x-signature").hex())
        .signs(&[Part::Id, Part::Lit("."), Part::Body])
        .id(header("x-number"))
        .batch(hookgate::scheme::Batch::of("").id("/id"));
    let (bench, handled) = (Bench::new(), Arc::new(AtomicUsize::new(0)));
    let receiver = Receiver::builder_for(SCHEME).secret(SECRET).clock(bench.clock.clone());
    let receiver = receiver.store(bench.store.clone()).build().expect("a receiver");
    let count = Arc::clone(&handled);
    let handle = async move |batch: Batch| -> BatchOutcome {
        let handle = async |_| {
            count.fetch_add(1, SeqCst);
            Ok::<(), ()>(())
        };
        batch.each(handle).await
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver));
    for (number, events) in [("1", r#"[{"id":"1"},{"id":"2"}]"#), ("2", r#"[{"id":"3"}]"#)] {
        let signed = Signer::for_scheme(SCHEME, SECRET).id(number).target("/hooks").sign(events);
        assert_eq!(ask(&app, &signed.expect("signed")).await, (200, "handled"), "{number}");
    }
    assert_eq!(handled.load(SeqCst), 3);
}

/// Events of which the store does not say whether they were handled do not run, and have not failed: the list is
/// asked for again, however often that takes.
#[tokio::test]
async fn a_list_is_not_given_up_for_what_cannot_be_claimed() {
    let bench = Bench::new();
    let receiver = receiver(&bench).max_attempts(2).build().expect("a receiver");
    let (store, outcomes) = (bench.store.clone(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&outcomes);
    let handle = async move |batch: Batch| -> BatchOutcome {
        let is_out = seen.lock().expect("outcomes").len() < 5;
        if is_out {
            store.fail(Op::Claim, StoreErrorKind::Unavailable);
        }
        let outcome = batch
            .each(async |_| match is_out {
                true => panic!("it was not claimed"),
                false => Ok::<(), ()>(()),
            })
            .await;
        store.heal(Op::Claim);
        seen.lock().expect("outcomes").push(outcome);
        outcome
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver));
    for attempt in 1..=5 {
        assert_eq!(ask(&app, &delivery(&["EV1", "EV2", "EV3"])).await, (503, "released"), "{attempt}");
    }
    assert_eq!(ask(&app, &delivery(&["EV1", "EV2", "EV3"])).await, (200, "handled"));
    let outcomes = outcomes.lock().expect("outcomes");
    let counts = |outcome: &BatchOutcome| (outcome.unclaimed, outcome.failed, outcome.handled);
    assert_eq!((counts(&outcomes[0]), counts(&outcomes[5])), ((3, 0, 0), (0, 0, 3)));
}

/// A list has no type: its events are chosen by theirs.
#[tokio::test]
async fn the_events_of_a_list_are_chosen_by_their_own_types() {
    let (bench, seen) = (Bench::new(), Arc::new(Mutex::new(Vec::new())));
    let receiver = receiver(&bench).only(|kind| kind == Some("payments")).build().expect("a receiver");
    let handled = Arc::clone(&seen);
    let handle = async move |batch: Batch| -> BatchOutcome {
        let handle = async |event: hookgate::Delivery| {
            handled.lock().expect("ids").push(event.id().map(ToString::to_string));
            Ok::<(), ()>(())
        };
        batch.each(handle).await
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver));
    let event = |id: &str, kind: &str| format!(r#"{{"id":"{id}","resource_type":"{kind}","action":"paid"}}"#);
    let cases =
        [(["payments", "payouts"], 1, (200, "handled")), (["payouts", "refunds"], 0, (204, "filtered"))];
    for (kinds, wanted, answer) in cases {
        let events: Vec<String> = kinds.iter().map(|kind| event(&format!("{kind}{wanted}"), kind)).collect();
        let body = format!(r#"{{"events":[{}]}}"#, events.join(","));
        let signed = Signer::new::<GoCardless>(SECRET).target("/hooks").sign(body).expect("signed");
        assert_eq!(ask(&app, &signed).await, answer);
        assert_eq!(std::mem::take(&mut *seen.lock().expect("ids")).len(), wanted, "{kinds:?}");
    }
    // Where there is no list, it may have been meant to be one of what is wanted.
    let signed = Signer::new::<GoCardless>(SECRET).target("/hooks").sign(r#"{"meta":{}}"#).expect("signed");
    assert_eq!(ask(&app, &signed).await, (422, "undecodable"));
    // Types may be in the other place alone.
    let elsewhere = hookgate::scheme::Batch::of("").id("/id").or_event_type("/kind");
    let elsewhere =
        Scheme::hmac_sha256("own").signature(header("x-sig").hex()).signs(&[Part::Body]).batch(elsewhere);
    assert!(Receiver::builder_for(elsewhere).secret(SECRET).only(|_| true).build().is_ok());
    // Where there are none, nothing can be chosen by them.
    let untyped = Receiver::<hookgate::providers::PlivoV1>::builder().secret(SECRET).only(|_| true);
    let untyped = untyped.public_url("https://hooks.example.com").build();
    assert!(matches!(untyped, Err(hookgate::ConfigError::Contradiction { .. })), "{untyped:?}");
}
