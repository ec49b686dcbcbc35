//! What a stranger can learn: nothing. What a log holds: no secret, signature or body.

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use hookgate::{
    Receiver, UnixTime,
    providers::{StandardWebhooks, Stripe},
    testing::{SignedRequest, Signer},
};

use crate::support::{Bench, Effects, NOW, SECRET, ask, counting, exchange, serve, stripe, stripe_at, wire};

fn forgeries() -> Vec<(&'static str, SignedRequest)> {
    let with = |value: &str| {
        let mut signed = stripe("evt_1");
        signed.headers_mut()[0].1 = value.to_owned();
        signed
    };
    let mut missing = stripe("evt_1");
    missing.headers_mut().clear();
    let mut repeated = stripe("evt_1");
    repeated.headers_mut().push(("stripe-signature".to_owned(), "t=1,v1=00".to_owned()));
    let other = Signer::new::<Stripe>("whsec_another_0123456789abcdef012345678").at(NOW).target("/hooks");
    let mut moved = stripe("evt_1");
    moved.headers_mut()[0].1 = stripe("evt_2").headers()[0].1.clone();
    vec![
        ("missing", missing),
        ("repeated", repeated),
        ("empty", with("")),
        ("garbage", with("<script>alert(1)</script>")),
        ("no timestamp", with("v1=00")),
        ("no signature", with("t=1700000000")),
        ("NaN", with("t=NaN,v1=00")),
        ("wrong", with("t=1700000000,v1=0000000000000000000000000000000000000000000000000000000000000000")),
        ("too many", with(&["v1=00"; 20].join(","))),
        ("too long", with(&"v1=00,".repeat(2000))),
        ("another secret", other.sign(r#"{"id":"evt_1"}"#).expect("a delivery")),
        ("another body", moved),
        ("stale", stripe_at("evt_1", UnixTime::from_secs(1_699_999_000))),
        ("from the future", stripe_at("evt_1", UnixTime::from_secs(1_700_001_000))),
    ]
}

#[tokio::test]
async fn all_refusals_are_byte_identical() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let address =
        serve(counting(&bench.stripe().build().expect("a receiver"), &effects, Duration::ZERO)).await;
    let undated = |answer: String| {
        answer
            .lines()
            .filter(|line| !line.starts_with("date:"))
            .map(|line| format!("{line}\r\n"))
            .collect::<String>()
    };
    let mut first = None;
    for (name, forged) in forgeries() {
        let answer = undated(exchange(address, &wire(&forged)).await);
        assert!(answer.starts_with("HTTP/1.1 401"), "{name}: {answer}");
        assert_eq!(&answer, first.get_or_insert(answer.clone()), "{name}");
    }
    assert_eq!((effects.runs(), bench.store.all_calls()), (0, 0));
}

#[tokio::test]
async fn forged_ids_touch_no_store() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, Duration::ZERO);
    for id in 0..2000 {
        let mut forged = stripe(&format!("evt_{id}"));
        forged.headers_mut()[0].1 = format!("t=1700000000,v1={:064x}", id);
        assert_eq!(ask(&app, &forged).await.0, 401);
    }
    assert_eq!(bench.store.all_calls(), 0);
}

/// Everything logged, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_say_why_and_hold_no_secret() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    let _guard = tracing::subscriber::set_default(subscriber.with_writer(move || writer.clone()).finish());

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

    let text = String::from_utf8(log.0.lock().expect("a log").clone()).expect("text");
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

#[tokio::test]
async fn metrics_count_every_end() {
    // The recorder is the process's, so this test alone sets one.
    #[derive(Default)]
    struct Counts(Mutex<std::collections::BTreeMap<String, Arc<std::sync::atomic::AtomicU64>>>);

    impl Counts {
        fn cell(&self, key: &metrics::Key) -> Arc<std::sync::atomic::AtomicU64> {
            let labels: Vec<String> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let name = format!("{}{{{}}}", key.name(), labels.join(","));
            self.0.lock().expect("counts").entry(name).or_default().clone()
        }
    }

    impl metrics::Recorder for Counts {
        fn describe_counter(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
        fn describe_gauge(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
        fn describe_histogram(
            &self,
            _: metrics::KeyName,
            _: Option<metrics::Unit>,
            _: metrics::SharedString,
        ) {
        }
        fn register_counter(&self, key: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
            metrics::Counter::from_arc(self.cell(key))
        }
        fn register_gauge(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
            metrics::Gauge::noop()
        }
        fn register_histogram(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
            metrics::Histogram::noop()
        }
    }

    let counts = Counts::default();
    let (bench, effects) = (Bench::new(), Effects::default());
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    // Inline, so that everything is recorded on this thread.
    let receiver = Receiver::<StandardWebhooks>::builder().secret(secret).clock(bench.clock.clone()).inline();
    let app =
        counting(&receiver.store(bench.store.clone()).build().expect("a receiver"), &effects, Duration::ZERO);
    let sign = |body: &'static str| {
        Signer::new::<StandardWebhooks>(secret).at(NOW).target("/hooks").sign(body).expect("a delivery")
    };
    let mut forged = sign("{}");
    forged.headers_mut().clear();
    {
        let _recording = metrics::set_default_local_recorder(&counts);
        ask(&app, &sign("{}")).await;
        ask(&app, &sign("{}")).await;
        ask(&app, &sign("[]")).await;
        ask(&app, &forged).await;
    }
    let read = |name: &str| {
        let cells = counts.0.lock().expect("counts");
        cells.get(name).map_or(0, |cell| cell.load(std::sync::atomic::Ordering::Relaxed))
    };
    let delivery = |outcome: &str, reason: &str| {
        read(&format!(
            "hookgate_deliveries_total{{provider=standard-webhooks,outcome={outcome},reason={reason}}}"
        ))
    };
    assert_eq!(delivery("handled", ""), 1);
    assert_eq!(delivery("done", ""), 1);
    assert_eq!(delivery("done", "mismatch"), 1);
    assert_eq!(delivery("rejected", "signature_missing"), 1);
    assert_eq!(read("hookgate_mismatches_total{provider=standard-webhooks}"), 1);
    assert_eq!(read("hookgate_key_matched_total{provider=standard-webhooks,key=0}"), 3);
}
