//! A claim that is held: how it is kept, and how it ends.

use std::{future::pending, time::Duration};

use tokio::time::{Instant, sleep};

use super::{catch_unwind::CatchUnwind, run::Handled};
use crate::{
    delivery::Guard,
    error::{StoreError, StoreErrorKind},
    store::{DynStore, EventKey, Hold, Outcome, Retention, Store, Token},
    telemetry::{self, count, log},
};

/// A claim on a delivery, or on one event in it.
pub(super) struct Held {
    pub(super) key: EventKey,
    pub(super) token: Token,
}

/// What a store says, timed. A handler is not to end, or its answer to be lost, because a store panics.
async fn told<T>(
    op: &'static str,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let panicked = || StoreError::with_source(StoreErrorKind::Unavailable, "it panicked");
    telemetry::timed(op, async { CatchUnwind::new(asked).await.unwrap_or_else(|| Err(panicked())) }).await
}

impl Handled {
    /// Where this delivery is claimed, and the events in it.
    pub(super) fn store(&self) -> Option<&DynStore> {
        match self.delivery.guard {
            Guard::Store => self.inner.store.as_ref(),
            Guard::Fallback => self.inner.fallback.as_ref(),
            Guard::None => None,
        }
    }

    /// Renews a claim's lease, if there is one, at a third of its length, and soon again where that fails. Never
    /// ends: a claim that was lost is told to the handler, and does not end it.
    pub(super) async fn keep(&self, held: Option<&Held>) {
        let (Some(held), Some(store)) = (held, self.store()) else { return pending().await };
        let (provider, lease) = (self.delivery.provider, self.inner.policy.lease);
        let mut pause = lease / 3;
        loop {
            sleep(pause).await;
            pause = lease / 3;
            match told("renew", store.renew(&held.key, held.token, lease)).await {
                Ok(Hold::Held) => {}
                Ok(Hold::Lost) => {
                    log!(warn, provider, "a claim was lost while its handler runs");
                    self.lost.fire();
                    return pending().await;
                }
                Err(error) => {
                    telemetry::store_failed("a renewal", provider, &error);
                    pause = lease / 12;
                }
            }
        }
    }

    /// Remembers the event as done, or releases it where there is no outcome.
    async fn end(&self, held: &Held, outcome: Option<Outcome>) -> Result<Hold, StoreError> {
        // Without a store nothing is held.
        let Some(store) = self.store() else { return Ok(Hold::Lost) };
        match outcome {
            Some(outcome) => {
                // The next event of the same content is another one, and its attempts count from 1.
                let retention = match self.inner.rules.scheme.repeats && held.key.is_content() {
                    true => Retention::new(Duration::ZERO, Duration::ZERO),
                    false => self.inner.policy.retention,
                };
                told("complete", store.complete(&held.key, held.token, retention, outcome)).await
            }
            None => told("release", store.release(&held.key, held.token)).await,
        }
    }

    /// [`end`](Self::end) as soon as the handler did: where that is lost or fails it is counted.
    pub(super) async fn settle(&self, held: &Held, outcome: Option<Outcome>) -> Result<Hold, StoreError> {
        let (settled, provider) = (self.end(held, outcome).await, self.delivery.provider);
        match &settled {
            Ok(Hold::Held) => {}
            Ok(Hold::Lost) => count!(telemetry::CLAIMS_LOST, "provider" => provider),
            Err(error) => {
                telemetry::store_failed("settling", provider, error);
                count!(telemetry::SETTLE_FAILED, "provider" => provider);
            }
        }
        settled
    }

    /// [`end`](Self::end) in the background: a success is tried again for a bounded time, since an event that
    /// was handled must not be handled again.
    pub(super) async fn end_later(&self, held: &Held, outcome: Option<Outcome>) {
        let (until, provider) = (Instant::now() + self.inner.policy.settle_retries, self.delivery.provider);
        let mut pause = Duration::from_millis(50);
        loop {
            match self.end(held, outcome).await {
                Err(_) if outcome.is_some() && Instant::now() + pause < until => {
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(5)).min(self.inner.policy.lease / 12);
                }
                Err(error) => return telemetry::store_failed("settling, for good", provider, &error),
                // The store was told once before, and may have acted although its answer never came.
                Ok(Hold::Lost) if outcome.is_some() => {
                    return log!(warn, provider, "a claim was settled by an earlier try, or was lost");
                }
                Ok(_) => return,
            }
        }
    }
}
