//! Secrets looked up per tenant.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{Router, routing::post};
use hookgate::{
    ConfigError, Receiver, Secret, Tenants, WebhookLayer,
    axum::{Batch, BatchOutcome, Delivery},
    providers::{GoCardless, Stripe},
    testing::{SignedRequest, Signer},
};

use crate::support::{
    Bench, Effects, NOW, SECRET, app, ask, asked_on, blocked_and_another, counting, exchange, serve, wire,
};

const OTHER: &str = "whsec_another_0123456789abcdef012345678";

fn tenants(lookups: &Arc<AtomicUsize>) -> Tenants {
    let lookups = lookups.clone();
    Tenants::new(
        |head| head.header("x-tenant").map(str::to_owned),
        move |tenant| {
            lookups.fetch_add(1, SeqCst);
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                match &*tenant {
                    "a" => Ok(Some(vec![Secret::from(SECRET)])),
                    "b" => Ok(Some(vec![Secret::from(OTHER), Secret::from(SECRET)])),
                    "none" => Ok(Some(vec![])),
                    "blank" => Ok(Some(vec![Secret::from("")])),
                    "down" => Err(std::io::Error::other("the database is down")),
                    _ => Ok(None),
                }
            }
        },
    )
}

fn receiver(bench: &Bench, lookups: &Arc<AtomicUsize>) -> Receiver<Stripe> {
    let builder = Receiver::<Stripe>::builder().tenants(tenants(lookups)).clock(bench.clock.clone());
    builder.store(bench.store.clone()).build().expect("a receiver")
}

fn event(tenant: &str, secret: &str) -> SignedRequest {
    let signer = Signer::new::<Stripe>(secret).at(NOW).target("/hooks").header("x-tenant", tenant);
    signer.sign(r#"{"id":"evt_1","type":"t"}"#).expect("a delivery")
}

/// DED-11: an id of two tenants is two events.
#[tokio::test]
async fn each_tenant_has_its_own_secrets_and_its_own_events() {
    let (bench, lookups) = (Bench::new(), Arc::default());
    let app = app(&receiver(&bench, &lookups), async |delivery: Delivery| {
        delivery.tenant().map(str::to_owned).unwrap_or_default()
    });
    assert_eq!(ask(&app, &event("a", SECRET)).await, (200, "handled"));
    assert_eq!(ask(&app, &event("a", SECRET)).await, (200, "done"));
    assert_eq!(ask(&app, &event("a", OTHER)).await, (401, "rejected"), "another tenant's secret");
    assert_eq!(ask(&app, &event("b", OTHER)).await, (200, "handled"), "the same id at another tenant");
    assert_eq!(ask(&app, &event("b", SECRET)).await, (200, "done"), "the second of two secrets");
    assert_eq!(lookups.load(SeqCst), 2, "keys are kept");
}

/// DED-11: and so is one of two receivers on one store.
#[tokio::test]
async fn an_id_of_one_tenant_at_two_receivers_is_two_events() {
    let (bench, effects) = (Bench::new(), Effects::default());
    for (name, answer) in [("one", (204, "handled")), ("other", (204, "handled")), ("one", (200, "done"))] {
        let builder = Receiver::<Stripe>::builder().name(name).tenants(tenants(&Arc::default()));
        let builder = builder.clock(bench.clock.clone()).store(bench.store.clone());
        let app = counting(&builder.build().expect("a receiver"), &effects, Duration::ZERO);
        assert_eq!(ask(&app, &event("a", SECRET)).await, answer, "{name}");
    }
    assert_eq!(effects.runs(), 2);
}

/// The same of the events of a list.
#[tokio::test]
async fn an_id_in_the_lists_of_two_tenants_is_two_events() {
    let (bench, lookups, handled) = (Bench::new(), Arc::default(), Arc::new(AtomicUsize::new(0)));
    let receiver = Receiver::<GoCardless>::builder().tenants(tenants(&lookups)).clock(bench.clock.clone());
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
    for (tenant, secret, list, runs) in
        [("a", SECRET, "WB1", 1), ("b", OTHER, "WB1", 2), ("a", SECRET, "WB2", 2), ("b", OTHER, "WB3", 2)]
    {
        let body = format!(r#"{{"events":[{{"id":"EV1"}}],"meta":{{"webhook_id":"{list}"}}}}"#);
        let signed = Signer::new::<GoCardless>(secret).target("/hooks").header("x-tenant", tenant).sign(body);
        assert_eq!(ask(&app, &signed.expect("signed")).await, (200, "handled"));
        assert_eq!(handled.load(SeqCst), runs, "{list} of {tenant}");
    }
}

#[tokio::test]
async fn an_unknown_tenant_is_a_bad_signature() {
    let (bench, lookups, effects) = (Bench::new(), Arc::default(), Effects::default());
    let address = serve(counting(&receiver(&bench, &lookups), &effects, Duration::ZERO)).await;
    let mut unnamed = event("a", SECRET);
    unnamed.headers_mut().retain(|(name, _)| name != "x-tenant");
    let [longest, long] = [200, 201].map(|length| "x".repeat(length));
    let mut answers = Vec::new();
    for forged in [
        event("a", OTHER),
        event("nobody", SECRET),
        event("none", SECRET),
        event(&longest, SECRET),
        event(&long, SECRET),
        event("", SECRET),
        unnamed,
    ] {
        let answer = exchange(address, &wire(&forged)).await;
        answers.push(
            answer.lines().filter(|line| !line.starts_with("date:")).map(str::to_owned).collect::<Vec<_>>(),
        );
    }
    assert!(answers[0][0].starts_with("HTTP/1.1 401"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    let before = lookups.load(SeqCst);
    assert_eq!(before, 4, "what is too long or nothing is no name");
    exchange(address, &wire(&event("nobody", SECRET))).await;
    assert_eq!(lookups.load(SeqCst), before, "who is unknown is remembered as such");
    let mut malformed = event("somebody new", SECRET);
    malformed.headers_mut().retain(|(name, _)| name != "stripe-signature");
    exchange(address, &wire(&malformed)).await;
    assert_eq!(lookups.load(SeqCst), before, "nothing is looked up for what fails anyway");
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
}

#[tokio::test]
async fn a_lookup_that_fails_is_our_fault_and_not_remembered() {
    let (bench, lookups, effects) = (Bench::new(), Arc::default(), Effects::default());
    let app = counting(&receiver(&bench, &lookups), &effects, Duration::ZERO);
    assert_eq!(ask(&app, &event("down", SECRET)).await, (503, "refused"));
    assert_eq!(ask(&app, &event("down", SECRET)).await, (503, "refused"));
    assert_eq!(lookups.load(SeqCst), 2);
    assert_eq!(ask(&app, &event("blank", SECRET)).await, (500, "refused"));
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
}

/// One lookup that hangs must not keep all deliveries of its tenant.
#[tokio::test(start_paused = true)]
async fn a_lookup_that_hangs_has_an_end() {
    let lookups = Arc::new(AtomicUsize::new(0));
    let counted = lookups.clone();
    let tenants = Tenants::new(
        |head| head.header("x-tenant").map(str::to_owned),
        move |_| {
            let is_first = counted.fetch_add(1, SeqCst) == 0;
            async move {
                if is_first {
                    std::future::pending::<()>().await;
                }
                Ok::<_, std::io::Error>(Some(vec![Secret::from(SECRET)]))
            }
        },
    );
    let bench = Bench::new();
    let builder = Receiver::<Stripe>::builder().tenants(tenants).clock(bench.clock.clone());
    let app = counting(&builder.build().expect("a receiver"), &Effects::default(), Duration::ZERO);
    let (began, delivery) = (tokio::time::Instant::now(), event("a", SECRET));
    let both = tokio::join!(ask(&app, &delivery), ask(&app, &delivery));
    assert_eq!(both, ((503, "refused"), (503, "refused")));
    assert_eq!((began.elapsed().as_secs(), lookups.load(SeqCst)), (5, 1));
    assert_eq!(ask(&app, &delivery).await, (204, "handled"));
}

/// Whoever asked first looks it up for all, and may have a runtime of its own, of one thread.
#[test]
fn a_lookup_whose_thread_is_blocked_keeps_nobody_for_longer() {
    let bench = Bench::new();
    let app = counting(&receiver(&bench, &Arc::default()), &Effects::default(), Duration::ZERO);
    let delivery = event("a", SECRET);
    let mut first = Box::pin(ask(&app, &delivery));
    let [blocked, other] = blocked_and_another(&mut first);
    assert_eq!(asked_on(&other, &app, &delivery), (Some((503, "refused")), 5));
    assert_eq!(blocked.block_on(first), (204, "handled"));
    assert_eq!(other.block_on(ask(&app, &delivery)), (200, "done"));
}

/// A tenant that is not known yet has to wait for less long than a withdrawn secret works.
#[tokio::test]
async fn who_is_known_is_remembered_apart_from_who_is_not() {
    let (bench, soon, hour) = (Bench::new(), Duration::from_millis(50), Duration::from_secs(3600));
    let asked = async |known: Duration, unknown: Duration, tenant: &str| {
        let lookups = Arc::default();
        let tenants = tenants(&lookups).ttl(known).unknown_ttl(unknown);
        let builder = Receiver::<Stripe>::builder().tenants(tenants).clock(bench.clock.clone());
        let app = counting(&builder.build().expect("a receiver"), &Effects::default(), Duration::ZERO);
        ask(&app, &event(tenant, SECRET)).await;
        tokio::time::sleep(soon * 2).await;
        ask(&app, &event(tenant, SECRET)).await;
        lookups.load(SeqCst)
    };
    assert_eq!((asked(hour, soon, "a").await, asked(hour, soon, "nobody").await), (1, 2));
    assert_eq!((asked(soon, hour, "a").await, asked(soon, hour, "nobody").await), (2, 1));
}

#[tokio::test]
async fn many_requests_for_one_tenant_cost_one_lookup() {
    let (bench, lookups, effects) = (Bench::new(), Arc::default(), Effects::default());
    let app = counting(&receiver(&bench, &lookups), &effects, Duration::ZERO);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let app = app.clone();
        tasks.spawn(async move { ask(&app, &event("a", SECRET)).await.0 });
    }
    while let Some(status) = tasks.join_next().await {
        assert!([200, 204, 503].contains(&status.expect("a status")));
    }
    assert_eq!((lookups.load(SeqCst), effects.runs()), (1, 1));
}

#[test]
fn fixed_secrets_and_tenants_exclude_each_other() {
    let lookups = Arc::default();
    let both = Receiver::<Stripe>::builder().secret(SECRET).tenants(tenants(&lookups)).build();
    assert!(matches!(both, Err(ConfigError::Contradiction { .. })));
    let never = Receiver::<Stripe>::builder().tenants(tenants(&lookups).ttl(Duration::MAX)).build();
    assert!(matches!(never, Err(ConfigError::BadDuration { .. })));
}

/// LIF-04: a lookup that panics is our fault, and the next one is made as if nothing had been.
#[tokio::test]
async fn a_lookup_that_panics_is_a_500_and_poisons_nothing() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let rounds = Arc::new(AtomicUsize::new(0));
    let (named, looked_up) = (Arc::clone(&rounds), Arc::clone(&rounds));
    let tenants = Tenants::new(
        move |head| {
            assert!(named.fetch_add(1, SeqCst) != 0, "naming the tenant panics");
            head.header("x-tenant").map(str::to_owned)
        },
        move |_| {
            let round = looked_up.load(SeqCst);
            async move {
                assert!(round != 2, "looking the tenant up panics");
                Ok::<_, std::io::Error>(Some(vec![Secret::from(SECRET)]))
            }
        },
    );
    let builder = Receiver::<Stripe>::builder().tenants(tenants).clock(bench.clock.clone());
    let receiver = builder.store(bench.store.clone()).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    for _ in 0..2 {
        assert_eq!(ask(&app, &event("a", SECRET)).await, (500, "refused"));
        assert_eq!((receiver.in_flight(), bench.store.all_calls()), (0, 0));
    }
    assert_eq!(ask(&app, &event("a", SECRET)).await, (204, "handled"));
    assert_eq!(effects.runs(), 1);
}
