//! What a log holds: why, and no secret, signature or body. A process of its own, since whether a line
//! is logged is decided once for all threads.

#[allow(dead_code)]
#[path = "it/support.rs"]
mod support;

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use hookgate::{providers::Stripe, testing::Signer};

use support::{Bench, Effects, NOW, SECRET, ask, counting, forgeries, stripe};

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
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");

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
    refusals_take_one_short_line(&app, &log).await;

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

/// RES-16: a stranger makes us write one short line a request, which holds nothing that he sent.
async fn refusals_take_one_short_line(app: &axum::Router, log: &Log) {
    let written = || log.0.lock().expect("a log").len();
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
            let before = written();
            ask(app, &forged).await;
            let line = log.0.lock().expect("a log")[before..].to_vec();
            assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
            assert!(
                !String::from_utf8_lossy(&line).contains("stranger-"),
                "{}",
                String::from_utf8_lossy(&line)
            );
            most = most.max(line.len());
        }
        longest.push(most);
    }
    assert!(longest[0] < 400, "{longest:?}");
    assert_eq!(longest[0], longest[1], "as short, however much was sent");
}
