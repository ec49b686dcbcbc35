//! What the log and the metrics hold: that it happened and why, for each row of the decision table, and no
//! secret, signature or body. A process of its own, since both belong to the process.

#[allow(dead_code)]
#[path = "it/support.rs"]
mod support;

#[allow(dead_code)]
#[path = "parity/counts.rs"]
mod counts;

#[path = "common/log.rs"]
mod log;

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use axum::{Router, http::StatusCode};
use hookgate::{
    Receiver, ReceiverBuilder, StoreErrorKind, WebhookLayer,
    axum::{Delivery, Event},
    providers::{Slack, Stripe},
    receiver::{BodyRoom, OnClientError, OnStoreOutage, OnUndecodable},
    testing::{Op, Signer},
};
use tokio::sync::Mutex as AsyncMutex;

use counts::Counts;
use log::Log;
use support::{Bench, Effects, NOW, SECRET, app, ask, counting, forgeries, github, send, stripe, until};

/// The log and the metrics of this process: one test at a time.
static OUTPUT: LazyLock<AsyncMutex<(Log, &'static Counts)>> = LazyLock::new(|| {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
    AsyncMutex::new((log, Counts::install()))
});

/// KEY-15: no secret in any line. OUT-06: what strangers and senders write breaks no line. OUT-07: nor does
/// the level of tracing show a signature, or what it should have been.
#[tokio::test]
async fn logs_say_why_and_hold_no_secret() {
    let output = OUTPUT.lock().await;
    let log = &output.0;
    log.take();
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    for (_, forged) in forgeries() {
        ask(&app, &forged).await;
    }
    let body = r#"{"id":"evt_\r\n\u001b[31mred","type":"t","card":"4111111111111111"}"#;
    let hostile = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery");
    ask(&app, &hostile).await;
    ask(&app, &hostile).await;
    let typed = {
        #[derive(serde::Deserialize)]
        struct Card {
            #[allow(dead_code)]
            card: u64,
        }
        let handle = axum::routing::post(async |_: hookgate::axum::Event<Card>| ());
        let receiver = bench.stripe().name("typed").build().expect("a receiver");
        axum::Router::new().route("/hooks", handle).layer(hookgate::WebhookLayer::new(receiver))
    };
    ask(&typed, &hostile).await;
    bench.store.fail(hookgate::testing::Op::Claim, hookgate::StoreErrorKind::Unavailable);
    ask(&app, &stripe("evt_3")).await;

    bench.store.heal(hookgate::testing::Op::Claim);
    let mut text = log.take();
    text.push_str(&refusals_take_one_short_line(&app, log).await);

    let signature = hostile.headers()[0].1.rsplit('=').next().expect("a signature").to_owned();
    for secret in [SECRET, &SECRET[6..], &signature, "4111111111111111", "<script>", "\u{1b}", "evt_\r"] {
        assert!(!text.contains(secret), "the log holds {secret:?}:\n{text}");
    }
    for line in [
        "signature_mismatch",
        "signature_missing",
        "too_old",
        "from_the_future",
        "timestamp_malformed",
        "too_many_signatures",
        "outcome=\"handled\"",
        "outcome=\"done\"",
        "store_unavailable",
        "path=\"card\"",
        "position=Some((1,",
    ] {
        assert!(text.contains(line), "the log lacks {line:?}:\n{text}");
    }
    for shown in [format!("{receiver:?}"), format!("{:?}", bench.stripe()), format!("{hostile:?}")] {
        assert!(!shown.contains(SECRET) && !shown.contains(&SECRET[6..]));
    }
}

/// What a layer outside of the gate knows of a request is beside what became of it, on whichever task that is said.
#[tokio::test]
async fn lines_are_in_the_span_of_their_request() {
    use tracing::Instrument;

    let output = OUTPUT.lock().await;
    let log = &output.0;
    log.take();
    for (inline, status) in [(false, 200), (true, 200), (false, 500)] {
        let bench = Bench::new();
        let builder = bench.stripe();
        let receiver = build(if inline { builder.inline() } else { builder });
        let handle = axum::routing::post(async move || {
            tokio::time::sleep(Duration::from_millis(5)).await;
            StatusCode::from_u16(status).expect("a status")
        });
        let app = Router::new().route("/hooks", handle).layer(WebhookLayer::new(receiver));
        ask(&app, &stripe("evt_1")).instrument(tracing::info_span!("request", number = 17)).await;
        let text = log.take();
        let line = text.lines().find(|line| line.contains("outcome=")).expect("a line");
        assert!(line.contains("request{number=17}"), "inline {inline}, {status}: {text}");
    }
}

/// A handler that answers this.
fn answering(receiver: &Receiver<Stripe>, status: u16) -> Router {
    let status = StatusCode::from_u16(status).expect("a status");
    app(receiver, move |_: Delivery| async move { status })
}

fn build(builder: ReceiverBuilder<Stripe>) -> Receiver<Stripe> {
    builder.build().expect("a receiver")
}

/// What an operator finds of the deliveries that a row is about: outcome and reason, as the metric counts
/// them, and the level of the log lines.
struct Found<'a> {
    log: &'a Log,
    counts: &'static Counts,
    before: counts::Deliveries,
}

impl<'a> Found<'a> {
    fn since_now((log, counts): &'a (Log, &'static Counts)) -> Self {
        log.take();
        Self { log, counts, before: counts.deliveries() }
    }

    fn is(self, row: &str, expected: &[(&str, &str, &str)]) {
        let counted = self.counts.deliveries_since(&self.before);
        let due: BTreeMap<_, _> = expected
            .iter()
            .map(|(_, outcome, reason)| ((outcome.to_string(), reason.to_string()), 1))
            .collect();
        assert_eq!(counted, due, "row {row}: the metrics");
        let log = self.log.take();
        for (level, outcome, reason) in expected {
            let told = format!("outcome={outcome:?} reason={reason:?}");
            let lines: Vec<&str> = log.lines().filter(|line| line.contains(&told)).collect();
            let [line] = lines.as_slice() else { panic!("row {row}: {told} in the log:\n{log}") };
            assert!(line.contains(&format!(" {level} ")), "row {row}: {line}");
        }
    }
}

#[tokio::test]
async fn an_operator_finds_each_row_of_the_decision_table() {
    let output = OUTPUT.lock().await;
    let new = || (Bench::new(), Found::since_now(&output));
    let later = Duration::from_secs(3600);

    let (bench, found) = new();
    let receiver = build(bench.stripe());
    for (_, forged) in
        forgeries().into_iter().filter(|(what, _)| matches!(*what, "missing" | "wrong" | "stale"))
    {
        ask(&answering(&receiver, 200), &forged).await;
    }
    let rejected =
        ["signature_missing", "signature_mismatch", "too_old"].map(|reason| ("WARN", "rejected", reason));
    found.is("1", &rejected);

    let (bench, found) = new();
    bench.clock.set_wall(None);
    ask(&answering(&build(bench.stripe()), 200), &stripe("evt_1")).await;
    found.is("2", &[("WARN", "refused", "clock_unusable")]);

    let (bench, found) = new();
    ask(&answering(&build(bench.stripe().body_limit(8)), 200), &stripe("evt_1")).await;
    ask(&answering(&build(bench.stripe().body_room(BodyRoom::new(8))), 200), &stripe("evt_1")).await;
    let slow = {
        let (parts, _) = support::request(&stripe("evt_1")).into_parts();
        let never = axum::body::Body::new(http_body_util::StreamBody::new(NeverStream));
        axum::http::Request::from_parts(parts, never)
    };
    let hasty = build(bench.stripe().body_deadline(Duration::from_millis(5)));
    let _ = tower::ServiceExt::oneshot(answering(&hasty, 200), slow).await;
    let told = [("WARN", "rejected", "body_too_large"), ("WARN", "refused", "no_room")];
    found.is("3", &[&told[..], &[("WARN", "rejected", "body_too_slow")]].concat());

    let (bench, found) = new();
    let slack =
        Receiver::<Slack>::builder().secret(SECRET).clock(bench.clock.clone()).store(bench.store.clone());
    let challenge = Signer::new::<Slack>(SECRET).at(NOW).target("/hooks");
    let challenge =
        challenge.sign(r#"{"type":"url_verification","challenge":"abc","token":"t"}"#).expect("a challenge");
    ask(&app(&slack.build().expect("a receiver"), |_: Delivery| async {}), &challenge).await;
    found.is("4", &[("INFO", "handshake", "")]);

    let (bench, found) = new();
    ask(&answering(&build(bench.stripe().only(|_| false)), 200), &stripe("evt_1")).await;
    found.is("5", &[("DEBUG", "filtered", "")]);

    let (bench, found) = new();
    let receiver = build(bench.stripe());
    ask(&answering(&receiver, 200), &stripe("evt_1")).await;
    ask(&answering(&receiver, 200), &stripe("evt_1")).await;
    found.is("6, 8 and 9", &[("INFO", "handled", ""), ("DEBUG", "done", "")]);

    let (bench, found) = new();
    let receiver = bench.github().build().expect("a receiver");
    let on_github = app(&receiver, |_: Delivery| async {});
    for (id, body) in [("a", "{}"), ("b", "{}"), ("a", "[]")] {
        send(&on_github, &github(id, body)).await;
    }
    let told = [("INFO", "handled", ""), ("WARN", "replayed", ""), ("WARN", "done", "mismatch")];
    found.is("8, other content or another id", &told);

    let (bench, found) = new();
    let (receiver, effects) = (build(bench.stripe().max_in_flight(2)), Effects::default());
    let slow = counting(&receiver, &effects, later);
    let running = tokio::spawn({
        let slow = slow.clone();
        async move { ask(&slow, &stripe("evt_1")).await }
    });
    until(|| effects.runs() == 1).await;
    ask(&slow, &stripe("evt_1")).await;
    let second = tokio::spawn(async move { ask(&slow, &stripe("evt_2")).await });
    until(|| effects.runs() == 2).await;
    ask(&answering(&receiver, 200), &stripe("evt_3")).await;
    bench.store.fail(Op::Release, StoreErrorKind::Unavailable);
    second.abort();
    bench.clock.advance(Duration::from_secs(61));
    let thief = build(bench.stripe());
    ask(&answering(&thief, 200), &stripe("evt_1")).await;
    running.abort();
    let told = [("DEBUG", "running", ""), ("WARN", "refused", "too_many_in_flight"), ("INFO", "handled", "")];
    found.is("7, and too many at once", &told);
    bench.store.heal(Op::Release);
    receiver.shutdown(Duration::ZERO).await;

    let (bench, found) = new();
    let (receiver, measured) = (build(bench.stripe()), found.counts.handlers());
    for status in [302, 404, 500] {
        ask(&answering(&receiver, status), &stripe("evt_1")).await;
    }
    ask(&app(&receiver, |_: Delivery| async { panic!("no") as StatusCode }), &stripe("evt_1")).await;
    let hasty = build(bench.stripe().handler_timeout(Duration::from_millis(5)));
    ask(&counting(&hasty, &Effects::default(), later), &stripe("evt_1")).await;
    assert_eq!(found.counts.handlers() - measured, 5, "also those that panic or are dropped");
    let reasons = ["answered_3xx", "answered_4xx", "answered_5xx", "panicked", "timed_out"];
    found.is("10 and 11", &reasons.map(|reason| ("WARN", "released", reason)));

    let (bench, found) = new();
    let (inline, effects) = (build(bench.stripe().inline()), Effects::default());
    let hung_up = counting(&inline, &effects, later);
    let hung_up = tokio::spawn(async move { ask(&hung_up, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    hung_up.abort();
    assert!(hung_up.await.is_err());
    found.is("10, inline and hung up", &[("WARN", "released", "dropped")]);

    let (bench, found) = new();
    let strict = bench.stripe().on_client_error(OnClientError::CompleteAsFailed).max_attempts(1);
    let strict = build(strict);
    ask(&answering(&strict, 404), &stripe("evt_1")).await;
    ask(&answering(&strict, 500), &stripe("evt_2")).await;
    found.is("11", &[("WARN", "given_up", "answered_4xx"), ("WARN", "given_up", "max_attempts")]);

    let (bench, found) = new();
    let (receiver, counts) = (build(bench.stripe()), found.counts);
    let lost = counts.claims_lost();
    let (thief, clock) = (answering(&build(bench.stripe()), 200), bench.clock.clone());
    let robbed = app(&receiver, move |_: Delivery| {
        let (thief, clock) = (thief.clone(), clock.clone());
        async move {
            clock.advance(Duration::from_secs(61));
            ask(&thief, &stripe("evt_1")).await;
        }
    });
    ask(&robbed, &stripe("evt_1")).await;
    found.is("12", &[("INFO", "handled", ""), ("WARN", "lost", "")]);
    assert_eq!(counts.claims_lost() - lost, 1);

    let (bench, found) = new();
    bench.store.fail(Op::Complete, StoreErrorKind::Unavailable);
    ask(&answering(&build(bench.stripe()), 200), &stripe("evt_1")).await;
    found.is("13", &[("WARN", "unsettled", "")]);

    // Its lease over, it runs again before the store can be told; or the store was told, and its answer is lost on
    // the way. Who tells it once more cannot know which.
    for is_told in [false, true] {
        let (bench, found) = new();
        let receiver = build(bench.stripe().settle_retries(later));
        let lost = counts.claims_lost();
        match is_told {
            true => bench.store.lose_answer(Op::Complete),
            false => bench.store.fail(Op::Complete, StoreErrorKind::Unavailable),
        }
        ask(&answering(&receiver, 200), &stripe("evt_1")).await;
        bench.clock.advance(Duration::from_secs(61));
        ask(&answering(&build(bench.stripe()), 500), &stripe("evt_1")).await;
        bench.store.heal(Op::Complete);
        until(|| receiver.in_flight() == 0).await;
        assert!(output.0.take().contains("a claim was settled by an earlier try, or was lost"));
        assert_eq!(counts.claims_lost() - lost, 0);
        drop(found);
    }

    let (bench, found) = new();
    bench.store.fail(Op::Claim, StoreErrorKind::Unavailable);
    for policy in [OnStoreOutage::Refuse, OnStoreOutage::RunUnchecked, OnStoreOutage::FallBackToMemory] {
        ask(&answering(&build(bench.stripe().on_store_outage(policy)), 200), &stripe("evt_1")).await;
    }
    bench.store.fail(Op::Claim, StoreErrorKind::Full);
    ask(&answering(&build(bench.stripe()), 200), &stripe("evt_1")).await;
    let told = [
        ("WARN", "refused", "store_unavailable"),
        ("WARN", "unchecked", "unchecked"),
        ("INFO", "handled", "fallback"),
        ("WARN", "refused", "store_full"),
    ];
    found.is("14", &told);

    let (bench, found) = new();
    for policy in [OnUndecodable::Release, OnUndecodable::CompleteAsFailed] {
        let receiver = build(bench.stripe().name(format!("{policy:?}")).on_undecodable(policy));
        let handle = axum::routing::post(async |_: Event<u8>| ());
        let typed = Router::new().route("/hooks", handle).layer(WebhookLayer::new(receiver));
        ask(&typed, &stripe("evt_1")).await;
    }
    found.is("15", &[("WARN", "undecodable", "undecodable"), ("WARN", "given_up", "undecodable")]);

    let (bench, found) = new();
    let receiver = build(bench.stripe());
    receiver.shutdown(Duration::ZERO).await;
    ask(&answering(&receiver, 200), &stripe("evt_1")).await;
    found.is("a shutdown", &[("WARN", "refused", "shutting_down")]);
}

/// A sender that does not wait for its claim is counted.
#[tokio::test]
async fn a_sender_that_goes_away_is_counted() {
    let output = OUTPUT.lock().await;
    let (bench, found) = (Bench::new(), Found::since_now(&output));
    let receiver = build(bench.stripe().wait_for_running(Duration::from_secs(60)));
    let app = app(&receiver, |_: Delivery| std::future::pending::<()>());
    for _ in 0..2 {
        let asked = tokio::time::timeout(Duration::from_millis(20), ask(&app, &stripe("evt_1"))).await;
        assert!(asked.is_err(), "{asked:?}");
    }
    // The first one runs on without its sender.
    found.is("7", &[("WARN", "refused", "hung_up")]);
}

/// A body that never comes.
struct NeverStream;

impl futures_core::Stream for NeverStream {
    type Item = Result<http_body::Frame<bytes::Bytes>, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

/// RES-16: a stranger makes us write one short line a request, which holds nothing that he sent.
async fn refusals_take_one_short_line(app: &Router, log: &Log) -> String {
    let mut all = String::new();
    let mut longest = Vec::new();
    for filling in [10, 7000] {
        let mut most = 0;
        for number in 0..1000 {
            let mut forged = stripe("evt_1");
            let fill = format!("stranger-{number}-{}", "x".repeat(filling));
            forged.headers_mut()[0].1 = format!("t=1700000000,v1={}", "0".repeat(64));
            if number % 2 == 0 {
                forged.headers_mut()[0].1.push_str(&format!(",v1={fill}"));
            }
            forged.headers_mut().push(("user-agent".to_owned(), fill.clone()));
            forged.headers_mut().push(("x-request-id".to_owned(), fill));
            ask(app, &forged).await;
            let line = log.take();
            assert_eq!(line.lines().count(), 1, "{line}");
            assert!(!line.contains("stranger-"), "{line}");
            most = most.max(line.len());
            all.push_str(&line);
        }
        longest.push(most);
    }
    assert!(longest[0] < 400, "{longest:?}");
    assert_eq!(longest[0], longest[1], "as short, however much was sent");
    all
}
