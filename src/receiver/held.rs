//! A claim that is held: how it is kept, and how it ends.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::cancellation::Signal;
use crate::{
    error::StoreError,
    store::{DynStore, EventKey, Hold, Outcome, Retention, Store, Token},
    telemetry::{self, count, log},
};

/// A claim, and where it is held.
pub(super) struct Held {
    pub(super) store: DynStore,
    pub(super) key: EventKey,
    pub(super) token: Token,
    pub(super) provider: &'static str,
}

impl Held {
    /// Renews the lease at a third of its length. Never ends: a claim that was lost is told to the handler,
    /// and does not end it.
    pub(super) async fn keep(&self, lease: Duration, lost: &Signal) {
        let provider = self.provider;
        loop {
            sleep(lease / 3).await;
            match telemetry::timed("renew", self.store.renew(&self.key, self.token, lease)).await {
                Ok(Hold::Held) => {}
                Ok(Hold::Lost) => {
                    log!(warn, provider, "a claim was lost while its handler runs");
                    lost.fire();
                    return std::future::pending().await;
                }
                Err(error) => telemetry::store_failed("a renewal", provider, &error),
            }
        }
    }

    /// Remembers the event as done, or releases it where there is no outcome.
    pub(super) async fn end(
        &self,
        outcome: Option<Outcome>,
        retention: Retention,
    ) -> Result<Hold, StoreError> {
        match outcome {
            Some(outcome) => {
                let completing = self.store.complete(&self.key, self.token, retention, outcome);
                telemetry::timed("complete", completing).await
            }
            None => telemetry::timed("release", self.store.release(&self.key, self.token)).await,
        }
    }

    /// [`end`](Self::end) as soon as the handler did: where that is lost or fails it is counted.
    pub(super) async fn settle(
        &self,
        outcome: Option<Outcome>,
        retention: Retention,
    ) -> Result<Hold, StoreError> {
        let settled = self.end(outcome, retention).await;
        match &settled {
            Ok(Hold::Held) => {}
            Ok(Hold::Lost) => count!(telemetry::CLAIMS_LOST, "provider" => self.provider),
            Err(error) => {
                telemetry::store_failed("settling", self.provider, error);
                count!(telemetry::SETTLE_FAILED, "provider" => self.provider);
            }
        }
        settled
    }

    /// [`end`](Self::end) in the background: a success is tried again for a bounded time, since an event that
    /// was handled must not be handled again.
    pub(super) async fn end_later(&self, outcome: Option<Outcome>, retention: Retention, patience: Duration) {
        let until = Instant::now() + patience;
        let mut pause = Duration::from_millis(50);
        loop {
            match self.end(outcome, retention).await {
                Err(_) if outcome.is_some() && Instant::now() + pause < until => {
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
                Err(error) => {
                    return telemetry::store_failed("settling, for good", self.provider, &error);
                }
                Ok(_) => return,
            }
        }
    }
}
