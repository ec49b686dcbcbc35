//! Several events in one delivery: each claimed and settled by itself.

use std::{future::Future, pin::pin, sync::Arc};

use tokio::task::unconstrained;

use super::{
    Answer, Disposition, Inner,
    catch_unwind::CatchUnwind,
    claim::Claimed,
    held::Held,
    run::{Handled, InFlight},
};
use crate::{
    delivery::Delivery,
    event::EventError,
    store::{EventKey, Outcome},
    telemetry,
};

/// The events of a delivery that may carry several, for handlers: an extractor behind every door.
///
/// Providers send the events of a failed delivery again, in the same list or in another one. So each
/// event is claimed by itself, beside the delivery, and what was handled of a list stays handled when the
/// rest fails:
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use hookgate::{axum::Batch, receiver::BatchOutcome};
///
/// async fn on_events(batch: Batch) -> BatchOutcome {
///     batch
///         .each(async |event| {
///             println!("{:?} {:?}", event.event_type(), event.id());
///             Ok::<(), std::io::Error>(())
///         })
///         .await
/// }
/// # }
/// ```
///
/// Of a provider that sends one event at a time it is that one. Where events have no ids and may be
/// [alike](crate::scheme::Scheme::repeats), all of a list are handled again when one failed.
#[derive(Clone, Debug)]
pub struct Batch(pub(super) Arc<Handled>);

/// What became of the events of a [`Batch`]. As an answer: 200 where all are handled, now or before; 500
/// where one failed, and 503 where one is being handled elsewhere or the store is out, so that the provider sends
/// them again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use = "it is the answer: after any other 2xx the provider does not send again what failed"]
#[non_exhaustive]
pub struct BatchOutcome {
    /// Handled now.
    pub handled: usize,
    /// Handled before.
    pub duplicates: usize,
    /// Being handled in another delivery.
    pub running: usize,
    /// Failed: their handler did.
    pub failed: usize,
    /// Not handled: the store did not say whether they were before.
    pub unclaimed: usize,
    /// There was no list of events.
    pub undecodable: bool,
}

impl BatchOutcome {
    /// The status of the answer.
    pub const fn status(&self) -> u16 {
        match self {
            Self { undecodable: true, .. } => 422,
            Self { failed: 1.., .. } => 500,
            Self { running: 1.., .. } | Self { unclaimed: 1.., .. } => 503,
            _ => 200,
        }
    }
}

/// The claim on one event, until it is settled. Dropped before, it is settled in the background: released, unless
/// its handler succeeded.
struct ItemRun {
    held: Option<Held>,
    handled: Arc<Handled>,
    /// What is to become of the claim if this is dropped now.
    decided: Option<Outcome>,
}

impl Batch {
    /// The events of a delivery that a gate handed on, for services without extractors; `None` for any other
    /// delivery.
    pub fn of(delivery: &Delivery) -> Option<Self> {
        Handled::of(delivery).map(Self)
    }

    /// The events, each as a delivery of its own, without claiming any: those that the receiver
    /// [wants](super::ReceiverBuilder::only).
    ///
    /// # Errors
    ///
    /// There is no list of events where the provider has it.
    pub fn items(&self) -> Result<Vec<Delivery>, EventError> {
        let Inner { policy, rules, .. } = &*self.0.inner;
        let mut items = self.0.delivery.items()?;
        if rules.scheme.has_typed_items() {
            items.retain(|item| policy.wants(item));
        }
        Ok(items)
    }

    /// Runs `handle` for each event that was not handled before, one after the other. An event whose
    /// handling succeeds is remembered as done, one whose handling fails or panics may be tried again with
    /// the next delivery; the others go on. The outcome is what to answer with: after another 2xx the provider does
    /// not send again what failed.
    pub async fn each<H, F, E>(&self, mut handle: H) -> BatchOutcome
    where
        H: FnMut(Delivery) -> F,
        F: Future<Output = Result<(), E>>,
    {
        let mut outcome = BatchOutcome::default();
        let items = match self.items() {
            Ok(items) => items,
            Err(error) => {
                telemetry::undecodable(&self.0.delivery, &error);
                self.0.read(false);
                return BatchOutcome { undecodable: true, ..outcome };
            }
        };
        for mut item in items {
            let run = match self.claim(&mut item).await {
                Some(Claimed::Won(run)) => run,
                Some(Claimed::Done) => {
                    outcome.duplicates += 1;
                    continue;
                }
                Some(Claimed::Running) => {
                    outcome.running += 1;
                    continue;
                }
                None => {
                    outcome.unclaimed += 1;
                    continue;
                }
            };
            let run = ItemRun { held: run, handled: Arc::clone(&self.0), decided: None };
            // The call is in it: a handler may panic before there is a future.
            let handling = CatchUnwind::new(async { handle(item.clone()).await });
            let why = match self.keeping(&run, handling).await {
                Some(Ok(())) => None,
                Some(Err(_)) => Some("failed"),
                None => Some("panicked"),
            };
            run.settle(why.is_none()).await;
            match why {
                None => outcome.handled += 1,
                Some(why) => {
                    telemetry::item_failed(&item, why);
                    outcome.failed += 1;
                }
            }
        }
        outcome
    }

    /// The right to handle this event; `None` where the store does not say.
    async fn claim(&self, item: &mut Delivery) -> Option<Claimed> {
        let inner = &self.0.inner;
        // A delivery that is one event is claimed already, and without a store nothing is.
        let (Some(store), true) = (self.0.store(), inner.rules.scheme.batch.is_some()) else {
            return Some(Claimed::Won(None));
        };
        let key = EventKey::of(item, inner.scope(item.tenant()).of_items(), false);
        self.0.asks();
        match inner.claim_item(store, key).await {
            Ok((claimed, attempt)) => {
                if !matches!(claimed, Claimed::Running) {
                    self.0.decided();
                }
                item.attempt = attempt;
                Some(claimed)
            }
            Err(error) => {
                telemetry::store_failed("a claim", item.provider, &error);
                None
            }
        }
    }

    /// Handles an event while its lease is renewed.
    async fn keeping<F: Future>(&self, run: &ItemRun, handling: F) -> F::Output {
        let mut handling = pin!(handling);
        // Not kept waiting by what else there is in the handler and uses up the task's budget.
        let mut keeping = pin!(unconstrained(self.0.keep(run.held.as_ref())));
        std::future::poll_fn(|cx| {
            let _: std::task::Poll<()> = keeping.as_mut().poll(cx);
            handling.as_mut().poll(cx)
        })
        .await
    }
}

impl ItemRun {
    async fn settle(mut self, succeeded: bool) {
        let Some(held) = &self.held else { return };
        // From here on a drop must not undo what the handler did.
        self.decided = succeeded.then(|| Outcome::new(200));
        // A success that the store could not be told is told later; a failure's claim ends with its lease.
        if self.handled.settle(held, self.decided).await.is_ok() || !succeeded {
            self.held = None;
        }
    }
}

impl Drop for ItemRun {
    fn drop(&mut self) {
        if let (Some(held), Ok(runtime)) = (self.held.take(), tokio::runtime::Handle::try_current()) {
            let (in_flight, decided) = (InFlight::again(&self.handled), self.decided);
            runtime.spawn(async move { in_flight.end_later(&held, decided).await });
        }
    }
}

impl From<BatchOutcome> for Answer {
    fn from(outcome: BatchOutcome) -> Self {
        match outcome.status() {
            503 => Self::refused(503, ""),
            status => Self::new(status, Disposition::Handled),
        }
    }
}
