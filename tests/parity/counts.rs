//! The metrics of this process.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use hookgate::telemetry;
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// How many requests ended with which outcome and reason.
pub type Deliveries = BTreeMap<(String, String), u64>;

#[derive(Default)]
pub struct Counts(Mutex<BTreeMap<(String, String), Arc<AtomicU64>>>, Arc<Handlers>, Arc<AtomicU64>);

/// Counts the handlers that were measured.
#[derive(Default)]
struct Handlers(AtomicU64);

impl HistogramFn for Handlers {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, SeqCst);
    }
}

impl Counts {
    /// Counts from now on. One test of a process may do this.
    pub fn install() -> &'static Self {
        let counts: &'static Self = Box::leak(Box::default());
        metrics::set_global_recorder(counts).unwrap_or_else(|_| panic!("another recorder is there"));
        counts
    }

    pub fn deliveries(&self) -> Deliveries {
        let cells = self.0.lock().expect("counts");
        cells.iter().map(|(key, cell)| (key.clone(), cell.load(SeqCst))).collect()
    }

    /// How many handlers were measured.
    pub fn handlers(&self) -> u64 {
        self.1.0.load(SeqCst)
    }

    pub fn claims_lost(&self) -> u64 {
        self.2.load(SeqCst)
    }

    pub fn deliveries_since(&self, before: &Deliveries) -> Deliveries {
        let mut now = self.deliveries();
        now.iter_mut().for_each(|(key, count)| *count -= before.get(key).unwrap_or(&0));
        now.retain(|_, count| *count > 0);
        now
    }
}

impl Recorder for &'static Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match key.name() {
            telemetry::DELIVERIES => {}
            telemetry::CLAIMS_LOST => return Counter::from_arc(Arc::clone(&self.2)),
            _ => return Counter::noop(),
        }
        let label = |name: &str| {
            let label = key.labels().find(|label| label.key() == name);
            label.map_or_else(String::new, |label| label.value().to_owned())
        };
        let mut cells = self.0.lock().expect("counts");
        Counter::from_arc(Arc::clone(cells.entry((label("outcome"), label("reason"))).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        match key.name() == telemetry::HANDLER_SECONDS {
            true => Histogram::from_arc(Arc::clone(&self.1)),
            false => Histogram::noop(),
        }
    }
}
