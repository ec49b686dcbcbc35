//! Load that is honest, and events that never succeed: how many at once, and how often.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::http::StatusCode;
use hookgate::{Answer, ConfigError, receiver::OnUndecodable, testing::Op};
use tokio::task::JoinSet;

use crate::support::{Bench, Effects, app, ask, counting, send, stripe, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn more_than_so_many_at_once_are_asked_to_come_again() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().max_in_flight(3).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::from_secs(3600));
    let mut running = JoinSet::new();
    for event in 0..3 {
        let app = app.clone();
        running.spawn(async move { ask(&app, &stripe(&format!("evt_{event}"))).await });
    }
    until(|| effects.runs() == 3).await;
    let calls = bench.store.all_calls();
    // A duplicate of one that runs, a new one, and a forged one: strangers do not learn how busy we are.
    for event in ["evt_0", "evt_3"] {
        let refused = send(&app, &stripe(event)).await;
        let answer = *refused.extensions().get::<Answer>().expect("an answer");
        assert_eq!((refused.status(), answer.why()), (StatusCode::SERVICE_UNAVAILABLE, "too_many_in_flight"));
        assert!(refused.headers().contains_key("retry-after"));
    }
    let mut forged = stripe("evt_3");
    forged.headers_mut().clear();
    assert_eq!(ask(&app, &forged).await, (401, "rejected"));
    assert_eq!(bench.store.all_calls(), calls, "nothing is asked of the store");
    assert_eq!(effects.runs(), 3);

    assert_eq!(receiver.shutdown(Duration::ZERO).await, 3);
    while running.join_next().await.is_some() {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn places_are_given_back_however_a_run_ends() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().max_in_flight(2).build().expect("a receiver");
    let (counted, most) = (effects.clone(), Arc::new(AtomicUsize::new(0)));
    let (gate, seen) = (receiver.clone(), Arc::clone(&most));
    let app = app(&receiver, move |_| {
        let (effects, seen, gate) = (counted.clone(), Arc::clone(&seen), gate.clone());
        async move {
            seen.fetch_max(gate.in_flight(), SeqCst);
            match effects.run(Duration::from_millis(1)).await {
                run if run % 3 == 0 => panic!("every third run"),
                run if run % 3 == 1 => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::NO_CONTENT,
            }
        }
    });
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let app = app.clone();
        senders.spawn(async move {
            for event in 0..20 {
                // A provider that retries until it hears a 2xx.
                let event = stripe(&format!("evt_{sender}_{event}"));
                while ask(&app, &event).await.0 >= 500 {
                    tokio::task::yield_now().await;
                }
            }
        });
    }
    while let Some(sent) = senders.join_next().await {
        sent.expect("all were sent");
    }
    assert_eq!(bench.store.calls(Op::Complete), 320, "each event succeeded once");
    assert_eq!((receiver.in_flight(), effects.most_at_once()), (0, 2));
    assert!(most.load(SeqCst) <= 2);
}

/// What the gate answers to deliveries of one event until it is done.
async fn answers(app: &axum::Router, deliveries: usize) -> Vec<(u16, &'static str)> {
    let mut answers = Vec::new();
    for _ in 0..deliveries {
        answers.push(ask(app, &stripe("evt_1")).await);
    }
    answers
}

/// A hook that counts.
fn letters() -> (Arc<AtomicUsize>, impl Fn(&hookgate::receiver::DeadLetter<'_>) + Send + Sync + 'static) {
    let letters = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&letters);
    (letters, move |letter: &hookgate::receiver::DeadLetter<'_>| {
        assert_eq!(letter.delivery().id().map(|id| id.as_str()), Some("evt_1"));
        assert!(letter.is_given_up());
        counted.fetch_add(1, SeqCst);
    })
}

/// LIF-09: a poison event runs with each retry, knows its attempt, and is given up only where that was
/// asked for.
#[tokio::test(start_paused = true)]
async fn an_event_that_always_fails_is_given_up_after_so_many_attempts() {
    type Fails = fn(u32) -> StatusCode;
    let ways: [(Fails, (u16, &str)); 3] = [
        (|_| StatusCode::BAD_GATEWAY, (502, "released")),
        (|_| StatusCode::UNPROCESSABLE_ENTITY, (422, "released")),
        (|attempt| panic!("attempt {attempt}"), (500, "released")),
    ];
    for (fails, failed) in ways {
        let (bench, effects, (letters, hook)) = (Bench::new(), Effects::default(), letters());
        let build = |receiver: hookgate::ReceiverBuilder<_>| {
            let (receiver, counted) = (receiver.build().expect("a receiver"), effects.clone());
            app(&receiver, move |delivery: hookgate::axum::Delivery| {
                let effects = counted.clone();
                async move {
                    let run = effects.run(Duration::ZERO).await;
                    let attempt = delivery.attempt().expect("claimed");
                    assert_eq!(attempt as usize, run);
                    fails(attempt)
                }
            })
        };
        let patient = build(bench.stripe());
        assert_eq!(answers(&patient, 2).await, [failed, failed], "by default it may fail for ever");
        let strict = build(bench.stripe().max_attempts(4).dead_letter(hook));
        let given_up = (200, "given_up");
        assert_eq!(answers(&strict, 4).await, [failed, given_up, (200, "done"), (200, "done")]);
        assert_eq!((letters.load(SeqCst), effects.runs()), (1, 4));
    }
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_or_never_fits_its_type_is_given_up_too() {
    let (bench, effects, (letters, hook)) = (Bench::new(), Effects::default(), letters());
    let receiver = bench.stripe().handler_timeout(Duration::from_secs(1)).max_attempts(2).dead_letter(hook);
    let slow = counting(&receiver.build().expect("a receiver"), &effects, Duration::from_secs(3600));
    assert_eq!(answers(&slow, 3).await, [(503, "released"), (200, "given_up"), (200, "done")]);
    assert_eq!((letters.load(SeqCst), effects.done()), (1, 0));

    let (bench, letters) = (Bench::new(), Arc::new(std::sync::Mutex::new(Vec::new())));
    let kept = Arc::clone(&letters);
    let hook = move |letter: &hookgate::receiver::DeadLetter<'_>| {
        kept.lock().expect("letters").push(letter.is_given_up());
    };
    let receiver = bench.stripe().on_undecodable(OnUndecodable::Release).max_attempts(2).dead_letter(hook);
    let typed =
        app(&receiver.build().expect("a receiver"), |delivery: hookgate::axum::Delivery| async move {
            let mut answer = axum::response::Response::new(axum::body::Body::empty());
            if delivery.event::<u32>().is_err() {
                *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
                answer.extensions_mut().insert(hookgate::receiver::Undecodable);
            }
            answer
        });
    assert_eq!(answers(&typed, 3).await, [(422, "undecodable"), (200, "given_up"), (200, "done")]);
    assert_eq!(*letters.lock().expect("letters"), [false, true], "each delivery that did not fit");
}

/// Its answer counts as the handler's panic.
#[tokio::test]
async fn an_event_that_no_classifier_can_judge_is_given_up_too() {
    let (bench, effects, (letters, hook)) = (Bench::new(), Effects::default(), letters());
    let receiver = bench.stripe().classify(|_| panic!("it cannot say")).max_attempts(2).dead_letter(hook);
    let app = counting(&receiver.build().expect("a receiver"), &effects, Duration::ZERO);
    assert_eq!(answers(&app, 3).await, [(500, "released"), (200, "given_up"), (200, "done")]);
    assert_eq!((letters.load(SeqCst), effects.runs()), (1, 2));
}

/// An event whose handler ends the process leaves claims that lapse, and no failure that anybody saw.
#[tokio::test]
async fn attempts_that_nobody_saw_end_are_counted() {
    let (bench, effects, (letters, hook)) = (Bench::new(), Effects::default(), letters());
    let receiver = bench.stripe().max_attempts(2).dead_letter(hook).build().expect("a receiver");
    let deadly = counting(&receiver, &effects, Duration::from_secs(3600));
    let mut died = JoinSet::new();
    for run in 1..=2 {
        let deadly = deadly.clone();
        died.spawn(async move { ask(&deadly, &stripe("evt_1")).await });
        until(|| effects.runs() == run).await;
        bench.clock.advance(Duration::from_secs(61));
    }
    assert_eq!(answers(&deadly, 2).await, [(200, "given_up"), (200, "done")]);
    assert_eq!((letters.load(SeqCst), effects.runs()), (1, 2));
    // A shutdown is not the event's fault.
    assert_eq!(receiver.shutdown(Duration::ZERO).await, 2);
    while let Some(answer) = died.join_next().await {
        assert_eq!(answer.expect("an answer"), (503, "lost"));
    }
}

#[tokio::test]
async fn a_hook_that_panics_gives_nothing_up() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().max_attempts(1).dead_letter(|_| panic!("no letters today"));
    let counted = effects.clone();
    let app = app(&receiver.build().expect("a receiver"), move |_| {
        let effects = counted.clone();
        async move {
            effects.run(Duration::ZERO).await;
            StatusCode::BAD_GATEWAY
        }
    });
    assert_eq!(answers(&app, 1).await, [(502, "released")]);
    assert_eq!(effects.runs(), 1);
    assert_eq!(bench.store.calls(Op::Complete), 0);
}

#[test]
fn none_at_all_is_no_bound() {
    let zero = |built: Result<hookgate::Receiver<_>, ConfigError>| match built {
        Err(ConfigError::Zero { setting }) => setting,
        other => panic!("{other:?}"),
    };
    assert_eq!(zero(Bench::new().stripe().max_in_flight(0).build()), "max_in_flight");
    assert_eq!(zero(Bench::new().stripe().max_attempts(0).build()), "max_attempts");
}
