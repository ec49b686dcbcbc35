//! What a stranger can learn: nothing. What is counted: every end.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use hookgate::{Receiver, providers::StandardWebhooks, testing::Signer};

use crate::support::{Bench, Effects, NOW, ask, counting, exchange, forgeries, serve, stripe, wire};

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

/// A recorder is somebody else's code, and called where places and claims change hands.
#[tokio::test]
async fn a_recorder_that_panics_costs_no_place_and_no_claim() {
    struct Panics;
    impl metrics::Recorder for Panics {
        fn describe_counter(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
        fn describe_gauge(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
        fn describe_histogram(
            &self,
            _: metrics::KeyName,
            _: Option<metrics::Unit>,
            _: metrics::SharedString,
        ) {
        }
        fn register_counter(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
            panic!("a counter")
        }
        fn register_gauge(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
            panic!("a gauge")
        }
        fn register_histogram(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
            panic!("a histogram")
        }
    }

    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.stripe().inline().max_in_flight(1).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    let _recording = metrics::set_default_local_recorder(&Panics);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(ask(&app, &stripe("evt_2")).await, (204, "handled"));
    assert_eq!((receiver.in_flight(), effects.runs()), (0, 2));
}
