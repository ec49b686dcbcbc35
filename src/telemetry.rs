//! What an operator sees: the names of spans, fields and metrics, in one place.
//!
//! Log lines need the feature `tracing`, metrics the feature `metrics`. Neither ever holds a secret,
//! a signature or a body; what strangers sent appears in no label.
//!
//! | metric | kind | labels | counts |
//! |---|---|---|---|
//! | [`DELIVERIES`] | counter | `provider`, `outcome`, `reason` | requests, by what became of them |
//! | [`VERIFY_SECONDS`] | histogram | `provider` | time from a request's head to the verdict on it, the reading of its body included |
//! | [`BODY_BYTES`] | histogram | `provider` | bytes of verified bodies |
//! | [`IN_FLIGHT`] | gauge | `provider` | events being claimed, handled or settled right now |
//! | [`HANDLER_SECONDS`] | histogram | `provider` | time that handlers ran |
//! | [`STORE_SECONDS`] | histogram | `op`, `result` | time of store operations |
//! | [`CLAIMS_LOST`] | counter | `provider` | claims that somebody else took over |
//! | [`SETTLE_FAILED`] | counter | `provider` | claims that could not be settled at once; successes are tried again in the background |
//! | [`MISMATCHES`] | counter | `provider` | ids that came back with another body |
//! | [`EVICTED_EARLY`] | counter | | done events forgotten for want of room |
//! | [`KEY_MATCHED`] | counter | `provider`, `key` | deliveries by the secret that matched |

#[cfg(feature = "receiver")]
use crate::{delivery::Delivery, error::StoreError};

/// Requests, by provider, outcome and reason.
pub const DELIVERIES: &str = "hookgate_deliveries_total";
/// Seconds from a request's head to the verdict on it, the reading of its body included.
pub const VERIFY_SECONDS: &str = "hookgate_verify_seconds";
/// Events being claimed, handled or settled right now.
pub const IN_FLIGHT: &str = "hookgate_in_flight";
/// Bytes of verified bodies.
pub const BODY_BYTES: &str = "hookgate_body_bytes";
/// Seconds that handlers ran.
pub const HANDLER_SECONDS: &str = "hookgate_handler_seconds";
/// Seconds that store operations took.
pub const STORE_SECONDS: &str = "hookgate_store_seconds";
/// Claims that somebody else took over.
pub const CLAIMS_LOST: &str = "hookgate_claims_lost_total";
/// Claims that could not be settled at once; successes are tried again in the background.
pub const SETTLE_FAILED: &str = "hookgate_settle_failed_total";
/// Ids that came back with another body.
pub const MISMATCHES: &str = "hookgate_mismatches_total";
/// Done events forgotten for want of room.
pub const EVICTED_EARLY: &str = "hookgate_evicted_early_total";
/// Deliveries by the secret that matched: tells when an old one may go.
pub const KEY_MATCHED: &str = "hookgate_key_matched_total";

/// Tells the metrics recorder what each metric counts, and in which unit. Call it once, after the recorder is
/// installed.
#[cfg(feature = "metrics")]
pub fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

    describe_counter!(DELIVERIES, "Requests, by what became of them");
    describe_histogram!(VERIFY_SECONDS, Unit::Seconds, "Time from a request's head to the verdict on it");
    describe_histogram!(BODY_BYTES, Unit::Bytes, "Sizes of verified bodies");
    describe_gauge!(IN_FLIGHT, "Events being claimed, handled or settled");
    describe_histogram!(HANDLER_SECONDS, Unit::Seconds, "Time that handlers ran");
    describe_histogram!(STORE_SECONDS, Unit::Seconds, "Time of store operations");
    describe_counter!(CLAIMS_LOST, "Claims that somebody else took over");
    describe_counter!(SETTLE_FAILED, "Claims that could not be settled at once");
    describe_counter!(MISMATCHES, "Ids that came back with another body");
    describe_counter!(EVICTED_EARLY, "Done events forgotten for want of room");
    describe_counter!(KEY_MATCHED, "Deliveries by the secret that matched");
}

/// A log line where the feature `tracing` is on; its arguments are checked either way.
#[cfg(any(feature = "memory", feature = "receiver", feature = "redis"))]
macro_rules! log {
    ($level:ident, $($args:tt)+) => {{
        #[cfg(feature = "tracing")]
        tracing::$level!(target: "hookgate", $($args)+);
    }};
}
#[cfg(any(feature = "receiver", feature = "redis"))]
pub(crate) use log;

/// Tells the recorder something. It is somebody else's code, and is called where places and claims change hands: its
/// panic must lose none of them.
#[cfg(all(feature = "metrics", any(feature = "memory", feature = "receiver")))]
pub(crate) fn record(told: impl FnOnce()) {
    let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(told));
}

/// Adds to a counter where the feature `metrics` is on.
#[cfg(any(feature = "memory", feature = "receiver"))]
macro_rules! count {
    ($name:expr $(, $label:literal => $value:expr)*) => {{
        #[cfg(feature = "metrics")]
        $crate::telemetry::record(|| metrics::counter!($name $(, $label => $value)*).increment(1));
        #[cfg(not(feature = "metrics"))]
        { $(let _ = &$value;)* }
    }};
}
#[cfg(feature = "receiver")]
pub(crate) use count;

/// Records a value where the feature `metrics` is on.
#[cfg(feature = "receiver")]
macro_rules! measure {
    ($name:expr, $value:expr $(, $label:literal => $text:expr)*) => {{
        #[cfg(feature = "metrics")]
        $crate::telemetry::record(|| metrics::histogram!($name $(, $label => $text)*).record($value));
        #[cfg(not(feature = "metrics"))]
        { let _ = &$value; $(let _ = &$text;)* }
    }};
}

/// A store forgot a done event for want of room. Warns at the first and then ever more rarely.
#[cfg(feature = "memory")]
pub(crate) fn evicted_early(total: u64, capacity: usize) {
    count!(EVICTED_EARLY);
    if total.is_power_of_two() {
        log!(
            warn,
            total,
            capacity,
            "the memory store forgets done events before their retention ends: its capacity is too small"
        );
    }
    let _ = capacity;
}

/// Times the verdict on a request where the feature `metrics` is on.
#[cfg(feature = "receiver")]
pub(crate) struct Verifying {
    provider: &'static str,
    #[cfg(feature = "metrics")]
    started: std::time::Instant,
}

#[cfg(feature = "receiver")]
impl Verifying {
    pub(crate) fn begin(provider: &'static str) -> Self {
        Self {
            provider,
            #[cfg(feature = "metrics")]
            started: std::time::Instant::now(),
        }
    }

    pub(crate) fn end(self) {
        #[cfg(feature = "metrics")]
        measure!(VERIFY_SECONDS, self.started.elapsed().as_secs_f64(), "provider" => self.provider);
        let _ = self.provider;
    }
}

/// One more event is in flight, or one less.
#[cfg(feature = "receiver")]
pub(crate) fn in_flight(provider: &'static str, more: bool) {
    #[cfg(feature = "metrics")]
    record(|| {
        let gauge = metrics::gauge!(IN_FLIGHT, "provider" => provider);
        match more {
            true => gauge.increment(1.0),
            false => gauge.decrement(1.0),
        }
    });
    let _ = (provider, more);
}

/// A delivery was verified.
#[cfg(feature = "receiver")]
pub(crate) fn verified(delivery: &Delivery) {
    measure!(BODY_BYTES, delivery.body.len() as f64, "provider" => delivery.provider);
    // At most four keys, so that the label has few values.
    count!(KEY_MATCHED, "provider" => delivery.provider, "key" => ["0", "1", "2", "3"].get(delivery.key).copied().unwrap_or("?"));
}

/// A request got its answer.
#[cfg(feature = "receiver")]
pub(crate) fn answered(
    provider: &'static str,
    outcome: &'static str,
    reason: &'static str,
    status: u16,
    delivery: Option<&Delivery>,
) {
    count!(DELIVERIES, "provider" => provider, "outcome" => outcome, "reason" => reason);
    // Id and type are looked up only where somebody listens.
    macro_rules! line {
        ($level:ident, $text:literal) => {
            log!(
                $level,
                provider,
                outcome,
                reason,
                status,
                id = ?delivery.and_then(Delivery::id),
                event_type = ?delivery.and_then(Delivery::event_type),
                attempt = delivery.and_then(Delivery::attempt),
                key = delivery.map(Delivery::key_index),
                $text
            )
        };
    }
    match outcome {
        "rejected" => line!(warn, "a request was rejected"),
        "refused" | "unsettled" | "unchecked" | "lost" | "undecodable" | "given_up" | "replayed" => {
            line!(warn, "a delivery went wrong")
        }
        "done" if reason == "mismatch" => line!(warn, "an id came back with another body"),
        "running" | "done" | "filtered" => line!(debug, "a delivery needs no handling"),
        "released" => line!(warn, "a handler failed"),
        "handshake" => line!(info, "a challenge was answered"),
        _ => line!(info, "a delivery was handled"),
    }
    let _ = (delivery, status);
}

/// One event of several failed.
#[cfg(feature = "receiver")]
pub(crate) fn item_failed(item: &Delivery, why: &'static str) {
    log!(
        warn,
        provider = item.provider,
        reason = why,
        id = ?item.id(),
        event_type = ?item.event_type(),
        attempt = item.attempt,
        "an event of several failed"
    );
    let _ = (item, why);
}

/// A store could not do what a delivery needed.
#[cfg(feature = "receiver")]
pub(crate) fn store_failed(at: &'static str, provider: &'static str, error: &StoreError) {
    log!(error, provider, at, error = %Chain(error), "the store failed");
    let _ = (at, provider, error);
}

/// An error with all that caused it.
#[cfg(all(feature = "receiver", feature = "tracing"))]
struct Chain<'a>(&'a dyn std::error::Error);

#[cfg(all(feature = "receiver", feature = "tracing"))]
impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

/// Times a store operation where the feature `metrics` is on.
#[cfg(feature = "receiver")]
pub(crate) fn timed<T>(
    op: &'static str,
    operation: impl Future<Output = Result<T, StoreError>>,
) -> impl Future<Output = Result<T, StoreError>> {
    #[cfg(feature = "metrics")]
    let operation = async move {
        let started = std::time::Instant::now();
        let result = operation.await;
        measure!(
            STORE_SECONDS,
            started.elapsed().as_secs_f64(),
            "op" => op,
            "result" => result.as_ref().map_or_else(|error| error.kind().as_str(), |_| "ok")
        );
        result
    };
    let _ = op;
    operation
}

/// Runs a handler inside the span of its delivery and measures it, as far as the features are on.
#[cfg(feature = "receiver")]
pub(crate) fn handler<F: Future>(
    delivery: &Delivery,
    handler: F,
) -> impl Future<Output = F::Output> + use<F> {
    #[cfg(feature = "metrics")]
    let handler = {
        let provider = delivery.provider;
        async move {
            let _handling = Handling { provider, started: std::time::Instant::now() };
            handler.await
        }
    };
    #[cfg(feature = "tracing")]
    let handler = tracing::Instrument::instrument(handler, span(delivery));
    let _ = delivery;
    handler
}

/// Runs what goes on with a delivery in the caller's span, such as its request's, on whichever task it ends.
#[cfg(feature = "receiver")]
pub(crate) fn within_caller<F: Future>(driving: F) -> impl Future<Output = F::Output> + use<F> {
    #[cfg(feature = "tracing")]
    let driving = tracing::Instrument::in_current_span(driving);
    driving
}

/// A handler that is running. Measured however it ends: those that are dropped are the slow ones.
#[cfg(all(feature = "receiver", feature = "metrics"))]
struct Handling {
    provider: &'static str,
    started: std::time::Instant,
}

#[cfg(all(feature = "receiver", feature = "metrics"))]
impl Drop for Handling {
    fn drop(&mut self) {
        measure!(HANDLER_SECONDS, self.started.elapsed().as_secs_f64(), "provider" => self.provider);
    }
}

/// The span of a delivery, if anybody listens: otherwise `tracing`'s own feature `log` makes one all the same, and
/// its fields, which may have to be looked up in the body.
#[cfg(all(feature = "receiver", feature = "tracing"))]
fn span(delivery: &Delivery) -> tracing::Span {
    if !tracing::span_enabled!(target: "hookgate", tracing::Level::INFO) {
        return tracing::Span::none();
    }
    tracing::info_span!(
        target: "hookgate",
        "webhook",
        provider = delivery.provider,
        id = ?delivery.id(),
        event_type = ?delivery.event_type(),
        attempt = delivery.attempt,
        key = delivery.key_index(),
    )
}

/// An extractor found no delivery.
#[cfg(any(feature = "axum", feature = "actix"))]
pub(crate) fn missing_gate(path: &str, missing: impl std::fmt::Display) {
    log!(error, path, "{missing}");
    let _ = (path, missing);
}

/// A payload does not fit the handler's type.
#[cfg(feature = "receiver")]
pub(crate) fn undecodable(delivery: &Delivery, error: &crate::event::EventError) {
    log!(
        warn,
        provider = delivery.provider,
        id = ?delivery.id(),
        event_type = ?delivery.event_type(),
        path = error.path(),
        position = ?error.position(),
        %error,
        "an authentic event does not fit its type"
    );
    let _ = (delivery, error);
}
