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

/// KEY-15: no secret in any line. OUT-06: what strangers and senders write breaks no line. OUT-07: nor does
/// the level of tracing show a signature, or what it should have been.
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
