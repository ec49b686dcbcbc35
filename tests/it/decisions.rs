//! The decision table, row by row, through the Tower door with axum's extractors.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{
    Router,
    http::{Response, StatusCode},
    response::IntoResponse,
    routing::post,
};
use hookgate::{
    Answer, ConfigError, EventId, Permanent, Receiver, StoreErrorKind, UnixTime, WebhookLayer,
    axum::{Delivery, Event},
    providers::Stripe,
    receiver::{DoneAnswer, OnClientError, OnReplay, OnStoreOutage, OnUndecodable, Settlement},
    store::{MemoryStore, WhenFull},
    testing::{Op, Signer},
};
use serde::Deserialize;

use crate::support::{Bench, Effects, NOW, SECRET, app, ask, counting, send, stripe, stripe_at, until};

const SOON: Duration = Duration::ZERO;

#[tokio::test]
async fn row_1_nothing_of_a_stranger_reaches_store_or_handler() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    let mut forged = stripe("evt_1");
    forged.headers_mut()[0].1 = format!("t=1700000000,v1={}", "0".repeat(64));
    assert_eq!(ask(&app, &forged).await, (401, "rejected"));
    let mut unsigned = stripe("evt_1");
    unsigned.headers_mut().clear();
    assert_eq!(ask(&app, &unsigned).await, (401, "rejected"));
    assert_eq!(ask(&app, &stripe_at("evt_1", UnixTime::from_secs(1_699_999_699))).await, (401, "rejected"));
    assert_eq!(ask(&app, &stripe_at("evt_1", UnixTime::from_secs(1_700_000_301))).await, (401, "rejected"));
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
    // An id that strangers tried to take is still free.
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
}

/// TIM-10: it is no reason to panic.
#[tokio::test]
async fn row_2_a_clock_before_1970_is_our_fault() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, SOON);
    bench.clock.set_wall(None);
    let response = send(&app, &stripe("evt_1")).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
    bench.clock.set_wall(Some(NOW));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
}

#[tokio::test]
async fn row_5_unwanted_types_are_acknowledged_and_not_claimed() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().only(|kind| kind != Some("invoice.paid")).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "filtered"));
    // Whatever such an event looks like: nobody asked for it.
    let signer = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks");
    let odd = signer.sign(r#"{"id":1,"type":"invoice.paid"}"#).expect("a delivery");
    assert_eq!(ask(&app, &odd).await, (204, "filtered"));
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
}

/// These retry after a 204.
#[tokio::test]
async fn row_5_unwanted_types_are_acknowledged_as_the_provider_insists() {
    use hookgate::providers::{Linear, Mailgun, MailgunForm, Monday, Paddle, Postmark, Provider};

    for scheme in [
        Linear::SCHEME,
        Mailgun::SCHEME,
        MailgunForm::SCHEME,
        Monday::SCHEME,
        Paddle::SCHEME,
        Postmark::SCHEME,
    ] {
        let (bench, effects) = (Bench::new(), Effects::default());
        let secret = "user:0123456789abcdef";
        let builder = Receiver::builder_for(scheme).secret(secret).clock(bench.clock.clone());
        let receiver = builder.only(|_| false).build().expect("a receiver");
        let body = if scheme.name() == "mailgun-form" { "event=opened" } else { "{}" };
        let signed = Signer::for_scheme(scheme, secret).at(NOW).target("/hooks").sign(body).expect("signed");
        let app = counting(&receiver, &effects, SOON);
        assert_eq!(ask(&app, &signed).await, (200, "filtered"), "{}", scheme.name());
    }
}

#[tokio::test]
async fn rows_6_and_8_a_new_event_is_handled_and_then_known() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    for _ in 0..3 {
        let again = send(&app, &stripe("evt_1")).await;
        assert_eq!(again.status(), 200);
        assert_eq!(again.headers()["cache-control"], "no-store");
    }
    // A retry that is signed anew is the same event.
    assert_eq!(ask(&app, &stripe_at("evt_1", UnixTime::from_secs(1_700_000_100))).await, (200, "done"));
    assert_eq!(ask(&app, &stripe("evt_2")).await, (204, "handled"));
    assert_eq!(effects.runs(), 2);
}

#[tokio::test]
async fn row_6_a_lapsed_lease_is_taken_over() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let slow = counting(&receiver, &effects, Duration::from_secs(3600));
    let hung = tokio::spawn(async move { ask(&slow, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    let quick = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (503, "running"));
    bench.clock.advance(Duration::from_secs(61));
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (204, "handled"));
    hung.abort();
}

#[tokio::test]
async fn row_7_a_running_duplicate_is_never_acknowledged() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_millis(100));
    let first = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| effects.runs() == 1).await;
    let response = send(&app, &stripe("evt_1")).await;
    assert_eq!(response.status(), 503);
    let wait: u32 = response.headers()["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=10).contains(&wait));
    assert_eq!(first.await.expect("an answer"), (204, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// What was running a moment ago is not taken for new because the store cannot be asked again.
#[tokio::test]
async fn row_7_an_outage_runs_nothing_beside_what_runs() {
    for policy in [OnStoreOutage::RunUnchecked, OnStoreOutage::FallBackToMemory] {
        let (bench, effects) = (Bench::new(), Effects::default());
        let builder = bench.stripe().wait_for_running(Duration::from_secs(60)).on_store_outage(policy);
        let app = counting(&builder.build().expect("a receiver"), &effects, Duration::from_millis(300));
        let [first, second] = [(); 2].map(|()| {
            let app = app.clone();
            tokio::spawn(async move { ask(&app, &stripe("evt_1")).await })
        });
        until(|| bench.store.calls(Op::Claim) >= 2).await;
        bench.store.fail(Op::Claim, StoreErrorKind::TimedOut);
        assert_eq!(second.await.expect("an answer"), (503, "running"));
        assert_eq!(first.await.expect("an answer"), (204, "handled"));
        assert_eq!(effects.runs(), 1);
    }
}

#[tokio::test]
async fn row_7_a_duplicate_may_wait_and_may_get_409() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let builder = bench.stripe().wait_for_running(Duration::from_secs(60));
    let app = counting(&builder.build().expect("a receiver"), &effects, Duration::from_millis(100));
    let event = stripe("evt_1");
    let both = tokio::join!(ask(&app, &event), ask(&app, &event));
    assert_eq!(both, ((204, "handled"), (200, "done")));
    assert_eq!(effects.runs(), 1);

    let (bench, effects) = (Bench::new(), Effects::default());
    let builder = bench.stripe().wait_for_running(Duration::from_millis(30));
    let builder = builder.on_running(hookgate::receiver::RunningAnswer::Conflict);
    let app = counting(&builder.build().expect("a receiver"), &effects, Duration::from_millis(500));
    let event = stripe("evt_1");
    let both = tokio::join!(ask(&app, &event), ask(&app, &event));
    assert_eq!(both, ((204, "handled"), (409, "running")));
}

#[tokio::test]
async fn row_8_the_remembered_status_may_be_given_again() {
    let bench = Bench::new();
    let receiver = bench.stripe().on_done(DoneAnswer::Remembered).build().expect("a receiver");
    let app = app(&receiver, |_| async { StatusCode::ACCEPTED });
    assert_eq!(ask(&app, &stripe("evt_1")).await, (202, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (202, "done"));
}

#[tokio::test]
async fn rows_9_to_11_only_success_is_remembered() {
    for status in [200, 201, 202, 204, 299] {
        assert_eq!(runs_of(status, OnClientError::Release).await, (status, 1, 200), "{status}");
    }
    for status in [302, 304, 400, 404, 408, 409, 410, 422, 425, 429, 500, 502, 503] {
        assert_eq!(runs_of(status, OnClientError::Release).await, (status, 2, status), "{status}");
    }
    for status in [400, 404, 410, 422] {
        assert_eq!(runs_of(status, OnClientError::CompleteAsFailed).await, (status, 1, 200), "{status}");
    }
    for status in [408, 425, 429, 500] {
        assert_eq!(runs_of(status, OnClientError::CompleteAsFailed).await, (status, 2, status), "{status}");
    }
}

/// Delivers an event twice to a handler that answers with this status: the first answer, the number
/// of runs, the second answer.
async fn runs_of(status: u16, policy: OnClientError) -> (u16, usize, u16) {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().on_client_error(policy).build().expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |_| {
        let effects = counted.clone();
        async move {
            effects.run(SOON).await;
            StatusCode::from_u16(status).expect("a status")
        }
    });
    let first = ask(&app, &stripe("evt_1")).await.0;
    let second = ask(&app, &stripe("evt_1")).await.0;
    (first, effects.runs(), second)
}

#[tokio::test]
async fn row_10_a_panic_is_a_500_and_the_next_delivery_runs() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |delivery: Delivery| {
        let effects = counted.clone();
        async move {
            if effects.run(SOON).await == 1 {
                panic!("the first run panics");
            }
            assert_eq!(delivery.attempt(), Some(2));
        }
    });
    let response = send(&app, &stripe("evt_1")).await;
    assert_eq!(response.status(), 500);
    let body = axum::body::to_bytes(response.into_body(), 1000).await.expect("a body");
    assert!(body.is_empty(), "nothing of the panic is told");
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 2);
}

#[tokio::test]
async fn row_10_a_handler_that_takes_too_long_is_released() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().handler_timeout(Duration::from_millis(20)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_secs(3600));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "released"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "released"));
    let later = send(&app, &stripe("evt_1")).await;
    assert!(later.headers().contains_key("retry-after"));
    assert_eq!((effects.runs(), effects.done()), (3, 0));
}

/// Why a run was released is told by the class of its handler's answer.
#[tokio::test]
async fn row_10_the_reason_is_the_class_of_the_answer() {
    let receiver = Bench::new().stripe().classify(|_| Settlement::Release).build().expect("a receiver");
    for (status, why) in [
        (200, "answered_2xx"),
        (299, "answered_2xx"),
        (304, "answered_3xx"),
        (400, "answered_4xx"),
        (499, "answered_4xx"),
        (500, "answered_5xx"),
        (599, "answered_5xx"),
    ] {
        let status = StatusCode::from_u16(status).expect("a status");
        let app = app(&receiver, move |_: Delivery| async move { status });
        let response = send(&app, &stripe("evt_1")).await;
        let answer = response.extensions().get::<Answer>().expect("an answer");
        assert_eq!((answer.status(), answer.why()), (status.as_u16(), why));
    }
}

#[tokio::test]
async fn row_11_a_handler_may_say_that_trying_again_is_of_no_use() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver =
        bench.stripe().on_client_error(OnClientError::CompleteAsFailed).build().expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |_| {
        let effects = counted.clone();
        async move {
            effects.run(SOON).await;
            let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
            response.extensions_mut().insert(Permanent);
            response
        }
    });
    assert_eq!(ask(&app, &stripe("evt_1")).await, (500, "given_up"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// LIF-04: classifiers.
#[tokio::test]
async fn a_classifier_decides_and_its_panic_releases() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().classify(|report| match report.status() {
        418 => Settlement::Complete,
        500 => panic!("the classifier panics"),
        _ => Settlement::Release,
    });
    let receiver = receiver.build().expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |delivery: Delivery| {
        let effects = counted.clone();
        async move {
            effects.run(SOON).await;
            if delivery.id().is_some_and(|id| *id == "evt_teapot") {
                StatusCode::IM_A_TEAPOT
            } else {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    });
    assert_eq!(ask(&app, &stripe("evt_teapot")).await, (418, "handled"));
    assert_eq!(ask(&app, &stripe("evt_teapot")).await, (200, "done"));
    assert_eq!(ask(&app, &stripe("evt_panic")).await, (500, "released"));
    assert_eq!(ask(&app, &stripe("evt_panic")).await, (500, "released"));
    assert_eq!(effects.runs(), 3);
}

/// LIF-04: filters and hooks.
#[tokio::test]
async fn a_hook_that_panics_is_a_500_and_holds_nothing() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().only(|_| panic!("the filter panics")).build().expect("a receiver");
    assert_eq!(send(&counting(&receiver, &effects, SOON), &stripe("evt_1")).await.status(), 500);
    for inline in [false, true] {
        let builder = bench.stripe().name("letters").on_undecodable(OnUndecodable::CompleteAsFailed);
        let builder = builder.dead_letter(|_| panic!("the hook panics"));
        let builder = if inline { builder.inline() } else { builder };
        let receiver = builder.build().expect("a receiver");
        assert_eq!(send(&typed(&receiver, &effects), &stripe("evt_1")).await.status(), 500);
        until(|| receiver.in_flight() == 0).await;
    }
    let receiver = bench.stripe().name("letters").build().expect("a receiver");
    assert_eq!(ask(&counting(&receiver, &effects, SOON), &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(effects.runs(), 1);
}

/// LIF-04: what reads the event into the handler's type is the user's too.
#[tokio::test]
async fn a_type_that_panics_while_it_is_read_is_a_500_and_the_next_delivery_runs() {
    struct Explosive;

    impl<'de> Deserialize<'de> for Explosive {
        fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            let body = serde_json::Value::deserialize(from)?;
            assert_eq!(body["type"], "t", "the type panics");
            Ok(Self)
        }
    }

    for inline in [false, true] {
        let bench = Bench::new();
        let builder = if inline { bench.stripe().inline() } else { bench.stripe() };
        let receiver = builder.build().expect("a receiver");
        let handle = post(async |_: Event<Explosive>| StatusCode::NO_CONTENT);
        let app = Router::new().route("/hooks", handle).layer(WebhookLayer::new(receiver.clone()));
        assert_eq!(ask(&app, &stripe("evt_1")).await, (500, "released"));
        assert_eq!((receiver.in_flight(), bench.store.calls(Op::Release)), (0, 1));
        let signer = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks");
        let readable = signer.sign(r#"{"id":"evt_1","type":"t"}"#).expect("a delivery");
        assert_eq!(ask(&app, &readable).await, (204, "handled"), "the claim was let go");
    }
}

#[tokio::test]
async fn row_13_done_work_is_never_answered_with_an_error() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    bench.store.fail(Op::Complete, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
    // Meanwhile the claim stands, and the event is not handled again.
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
    bench.store.heal(Op::Complete);
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

#[tokio::test]
async fn row_13_an_answer_that_is_lost_on_the_way_changes_nothing() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    bench.store.lose_answer(Op::Complete);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    bench.store.heal(Op::Complete);
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(effects.runs(), 1);
}

#[tokio::test]
async fn row_13_a_release_that_fails_ends_with_the_lease() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |_| {
        let effects = counted.clone();
        async move { if effects.run(SOON).await == 1 { StatusCode::BAD_GATEWAY } else { StatusCode::OK } }
    });
    bench.store.fail(Op::Release, StoreErrorKind::TimedOut);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (502, "released"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
    bench.clock.advance(Duration::from_secs(61));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "handled"));
}

#[tokio::test]
async fn row_14_a_store_that_is_out_is_no_answer() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, SOON);
    for kind in
        [StoreErrorKind::Unavailable, StoreErrorKind::TimedOut, StoreErrorKind::Corrupt, StoreErrorKind::Full]
    {
        bench.store.fail(Op::Claim, kind);
        let response = send(&app, &stripe("evt_1")).await;
        assert_eq!(response.status(), 503, "{kind:?}");
        assert!(response.headers().contains_key("retry-after"));
        assert!(response.extensions().get::<Answer>().expect("an answer").why().starts_with("store_"));
    }
    assert_eq!(effects.runs(), 0);
    bench.store.heal(Op::Claim);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
}

#[tokio::test]
async fn row_14_run_unchecked_says_so() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().on_store_outage(OnStoreOutage::RunUnchecked).build().expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |delivery: Delivery| {
        let effects = counted.clone();
        async move {
            effects.run(SOON).await;
            assert_eq!(delivery.attempt(), None);
        }
    });
    bench.store.fail(Op::Claim, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "unchecked"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "unchecked"));
    assert_eq!(effects.runs(), 2);
    for kind in [StoreErrorKind::Full, StoreErrorKind::Corrupt] {
        bench.store.fail(Op::Claim, kind);
        assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "refused"), "{kind:?} is no outage");
    }
}

#[tokio::test]
async fn row_14_the_fallback_remembers_in_this_process() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver =
        bench.stripe().on_store_outage(OnStoreOutage::FallBackToMemory).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    bench.store.fail(Op::Claim, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
    receiver.forget(&EventId::new("evt_1").expect("an id")).await.expect("forgotten");
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
}

/// Each kind of failure has its own reason, and only an outage is one.
#[tokio::test]
async fn row_14_the_reason_says_how_the_store_failed() {
    for policy in [OnStoreOutage::Refuse, OnStoreOutage::RunUnchecked, OnStoreOutage::FallBackToMemory] {
        for (kind, why) in [
            (StoreErrorKind::Full, "store_full"),
            (StoreErrorKind::Corrupt, "store_corrupt"),
            (StoreErrorKind::TimedOut, "store_timed_out"),
            (StoreErrorKind::Unavailable, "store_unavailable"),
        ] {
            let (bench, effects) = (Bench::new(), Effects::default());
            let receiver = bench.stripe().on_store_outage(policy).build().expect("a receiver");
            let app = counting(&receiver, &effects, SOON);
            bench.store.fail(Op::Claim, kind);
            let response = send(&app, &stripe("evt_1")).await;
            let answer = *response.extensions().get::<Answer>().expect("an answer");
            let out = matches!(kind, StoreErrorKind::TimedOut | StoreErrorKind::Unavailable);
            let expected = match policy {
                OnStoreOutage::RunUnchecked if out => (204, "unchecked", "unchecked", 1),
                OnStoreOutage::FallBackToMemory if out => (204, "handled", "fallback", 1),
                _ => (503, "refused", why, 0),
            };
            let got = (response.status().as_u16(), answer.disposition().as_str(), answer.why());
            assert_eq!((got.0, got.1, got.2, effects.runs()), expected, "{policy:?}, {kind:?}");
        }
    }
}

#[tokio::test]
async fn without_a_store_every_authentic_delivery_is_handled_and_called_verified() {
    let effects = Effects::default();
    let receiver = Receiver::<Stripe>::builder()
        .secret(SECRET)
        .clock(Bench::new().clock)
        .verify_only()
        .build()
        .expect("a receiver");
    let counted = effects.clone();
    let app = app(&receiver, move |_| {
        let effects = counted.clone();
        async move { if effects.run(SOON).await < 3 { StatusCode::OK } else { StatusCode::BAD_GATEWAY } }
    });
    for expected in [(200, "verified"), (200, "verified"), (502, "released")] {
        let response = send(&app, &stripe("evt_1")).await;
        let answer = response.extensions().get::<Answer>().expect("an answer");
        assert_eq!((response.status().as_u16(), answer.disposition().as_str()), expected);
        assert_eq!(answer.why(), if expected.0 == 200 { "" } else { "answered_5xx" });
    }
    // Also one that has no id where it should be: nothing is claimed by it.
    let signer = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks");
    let nameless = signer.sign(r#"{"id":5,"type":"invoice.paid"}"#).expect("signed");
    assert_eq!(ask(&app, &nameless).await, (502, "released"));
    assert_eq!(effects.runs(), 4);
}

/// What only a store could keep is not promised without one.
#[test]
fn what_only_verifies_promises_nothing_that_needs_a_memory() {
    let bench = Bench::new();
    let of = || Receiver::<Stripe>::builder().secret(SECRET).clock(bench.clock.clone()).verify_only();
    for (name, builder) in [
        ("a store", of().store(bench.store.clone())),
        ("max_attempts", of().max_attempts(3)),
        ("strict_ids", of().strict_ids()),
        ("on_replay", of().on_replay(OnReplay::Refuse)),
    ] {
        match builder.build().map(drop) {
            Err(ConfigError::Contradiction { problem }) => assert!(problem.contains(name), "{problem}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(of().on_replay(OnReplay::Handle).build().is_ok(), "that is what it does");
}

/// What is given up is told so, whether or not there was a claim.
#[tokio::test]
async fn an_event_without_a_claim_is_given_up_too() {
    let bench = Bench::new();
    let builder = bench.stripe().on_client_error(OnClientError::CompleteAsFailed);
    let receiver = builder.on_store_outage(OnStoreOutage::RunUnchecked).build().expect("a receiver");
    bench.store.fail(Op::Claim, StoreErrorKind::Unavailable);
    let app = app(&receiver, async |_: hookgate::Delivery| StatusCode::NOT_FOUND);
    let response = send(&app, &stripe("evt_1")).await;
    let answer = response.extensions().get::<Answer>().expect("an answer");
    assert_eq!((answer.status(), answer.disposition().as_str()), (404, "given_up"));
}

/// DED-18: what a store without room that evicts nothing answers.
#[tokio::test]
async fn a_full_store_is_a_503() {
    let effects = Effects::default();
    let store = MemoryStore::builder().capacity(2).when_full(WhenFull::Refuse).build().expect("a store");
    let clock = hookgate::testing::ManualClock::new(NOW);
    let receiver =
        Receiver::<Stripe>::builder().secret(SECRET).clock(clock).store(store).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(ask(&app, &stripe("evt_2")).await, (204, "handled"));
    let response = send(&app, &stripe("evt_3")).await;
    assert_eq!(response.status(), 503);
    assert_eq!(response.extensions().get::<Answer>().expect("an answer").why(), "store_full");
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 2);
}

#[derive(Deserialize)]
struct Needs {
    #[allow(dead_code)]
    amount: u64,
}

fn typed(receiver: &Receiver<Stripe>, effects: &Effects) -> Router {
    let effects = effects.clone();
    let handle = move |Event(_): Event<Needs>| {
        let effects = effects.clone();
        async move {
            effects.run(SOON).await;
        }
    };
    Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()))
}

#[tokio::test]
async fn row_15_what_does_not_decode_is_released_or_given_up() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = typed(&receiver, &effects);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (422, "undecodable"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (422, "undecodable"), "the next delivery may try");

    let letters = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&letters);
    let receiver = bench.stripe().name("second").on_undecodable(OnUndecodable::CompleteAsFailed);
    let receiver = receiver.dead_letter(move |letter| {
        assert!(letter.is_given_up());
        let delivery = letter.delivery();
        assert_eq!(delivery.id().map(|id| id.as_str()), Some("evt_1"));
        assert_eq!(delivery.body().len(), 36);
        counted.fetch_add(1, SeqCst);
    });
    let app = typed(&receiver.build().expect("a receiver"), &effects);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "given_up"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!((letters.load(SeqCst), effects.runs()), (1, 0));
}

/// DED-12: an id that is there twice. DED-13: one that is no text.
#[tokio::test]
async fn an_id_that_is_no_id_is_not_handled() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, SOON);
    for id in ["1", "null", "true", "[]", "{}", r#"{"$ne":null}"#] {
        let body = format!(r#"{{"id":{id},"type":"t"}}"#);
        let signed = hookgate::testing::Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body);
        assert_eq!(ask(&app, &signed.expect("a delivery")).await, (422, "undecodable"), "{id}");
    }
    let twice = r#"{"id":"evt_a","id":"evt_b"}"#;
    let signed = hookgate::testing::Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(twice);
    assert_eq!(ask(&app, &signed.expect("a delivery")).await, (422, "undecodable"));
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
}

/// OUT-08: more of its answers are in `tests/it/attacks/output.rs`.
#[tokio::test]
async fn the_gate_itself_never_says_410_and_never_redirects() {
    // Every status that the gate makes up itself, over all reasons there are.
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().strict_ids().build().expect("a receiver"), &effects, SOON);
    let mut seen = vec![];
    for signed in [stripe("evt_1"), stripe("evt_1"), stripe_at("evt_1", UnixTime::from_secs(0))] {
        let response: Response<_> = send(&app, &signed).await;
        seen.push(response.status().as_u16());
        if response.status() != 204 {
            let body = axum::body::to_bytes(response.into_body(), 1000).await.expect("a body");
            assert!(body.is_empty());
        }
    }
    assert_eq!(seen, [204, 200, 401]);
}

#[tokio::test]
async fn the_gate_acknowledges_as_the_provider_insists() {
    use hookgate::{
        Custom, ReceiverBuilder,
        scheme::{Part, Scheme, header},
    };
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    type Build = fn(ReceiverBuilder<Custom>) -> ReceiverBuilder<Custom>;

    /// The second answer to an event, after a handler that answered so.
    async fn second(scheme: Scheme, first: u16, build: Build) -> (u16, &'static str, Option<String>, String) {
        let bench = Bench::new();
        let builder = hookgate::Receiver::builder_for(scheme).secret(SECRET).clock(bench.clock.clone());
        let receiver = build(builder.store(bench.store.clone())).build().expect("a receiver");
        let status = StatusCode::from_u16(first).expect("a status");
        let app = app(&receiver, move |_: hookgate::Delivery| async move { status });
        let signed = Signer::for_scheme(scheme, SECRET).at(NOW).target("/hooks").sign("{}").expect("signed");
        assert_eq!(ask(&app, &signed).await.0, first, "the handler's own");
        let answer = app.oneshot(crate::support::request(&signed)).await.expect("an answer");
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().expect("text").to_owned());
        let status = answer.status().as_u16();
        let said = *answer.extensions().get::<Answer>().expect("an answer");
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(said.body(), body);
        (status, said.disposition().as_str(), kind, String::from_utf8(body.to_vec()).expect("text"))
    }
    let acme = Scheme::hmac_sha256("acme").signature(header("x-sig").hex()).signs(&[Part::Body]);
    let cases: [(u16, &str, Build); 3] = [
        (204, "done", |builder| builder),
        (204, "done", |builder| builder.on_done(DoneAnswer::Remembered)),
        (500, "given_up", |builder| builder.max_attempts(2)),
    ];
    for (first, became, build) in cases {
        let text = Some("text/plain; charset=utf-8".to_owned());
        let answer = second(acme.acknowledged(200, "Hello API Event Received"), first, build).await;
        assert_eq!(answer, (200, became, text, "Hello API Event Received".to_owned()), "{first}");
        let json = Some("application/json".to_owned());
        let answer = second(acme.acknowledged(200, "{}"), first, build).await;
        assert_eq!(answer, (200, became, json, "{}".to_owned()), "{first}");
        let answer = second(acme.acknowledged(202, ""), first, build).await;
        assert_eq!(answer, (202, became, None, String::new()), "{first}");
    }
}

#[test]
fn what_a_delivery_proves_is_told_apart() {
    use hookgate::{
        Assurance, UnixTime, Verifier,
        providers::{GitHub, GitLabToken, Mailgun},
    };

    fn of<P: hookgate::Provider>(body: &str) -> Assurance {
        let signed = Signer::new::<P>(SECRET).at(NOW).sign(body.to_owned()).expect("signed");
        let verifier = Verifier::builder::<P>().secret(SECRET).build().expect("a verifier");
        let now = UnixTime::from_secs(1_700_000_000);
        verifier.verify(signed.head(), signed.body().clone(), now).expect("authentic").assurance()
    }
    assert_eq!(of::<GitHub>("{}"), Assurance::Whole);
    assert_eq!(of::<Mailgun>("{}"), Assurance::Partial);
    assert_eq!(of::<GitLabToken>("{}"), Assurance::Sender);
    assert!(Assurance::Whole > Assurance::Partial && Assurance::Partial > Assurance::Sender);
}

/// Mailgun signs a timestamp and a token: whoever sees one delivery can write another body around them.
#[tokio::test]
async fn a_signature_that_does_not_cover_the_body_is_good_for_one_body() {
    use hookgate::providers::Mailgun;

    let (bench, effects) = (Bench::new(), Effects::default());
    let builder = Receiver::<Mailgun>::builder().secret(SECRET);
    let receiver = builder.clock(bench.clock.clone()).store(bench.store.clone()).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    let body = r#"{"signature":{"timestamp":"1700000000","token":"c5cf8c9a"},"event-data":{"id":"a"}}"#;
    let seen = Signer::new::<Mailgun>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery");
    assert_eq!(ask(&app, &seen).await, (204, "handled"));
    let text = std::str::from_utf8(seen.body()).expect("text");
    for (other, disposition) in
        [(r#""id":"b""#, "replayed"), (r#""id":"a","severity":"none""#, "done"), (r#""ID":"a""#, "replayed")]
    {
        let forged = text.replace(r#""id":"a""#, other);
        assert_ne!(forged, text);
        let mut forged_request = crate::support::request(&seen);
        *forged_request.body_mut() = axum::body::Body::from(forged);
        let response = tower::ServiceExt::oneshot(app.clone(), forged_request).await.expect("no error");
        let answer = response.extensions().get::<Answer>().expect("an answer");
        assert_eq!(
            (response.status(), answer.disposition().as_str()),
            (StatusCode::OK, disposition),
            "{other}"
        );
    }
    assert_eq!(effects.runs(), 1);
}
