//! A store that is held up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use hookgate::{
    StoreError,
    store::{Claim, EventKey, Hold, MemoryStore, Outcome, Retention, Store, Token},
    testing::{FaultyStore, Op},
};
use tokio::sync::Notify;

use crate::support::Bench;

/// A store in which one step is taken and then waits until its answer is let through; completion waits before
/// it is taken.
#[derive(Clone)]
pub struct Held {
    inner: FaultyStore<MemoryStore>,
    step: Op,
    pub gate: Arc<Notify>,
    pub reached: Arc<AtomicBool>,
}

impl Held {
    pub fn at(step: Op, bench: &Bench) -> Self {
        Self { inner: bench.store.clone(), step, gate: Arc::new(Notify::new()), reached: Arc::default() }
    }

    async fn wait(&self, step: Op) {
        if self.step == step {
            self.reached.store(true, SeqCst);
            self.gate.notified().await;
        }
    }
}

impl Store for Held {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        let claimed = self.inner.claim(key, lease).await;
        self.wait(Op::Claim).await;
        claimed
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        self.inner.renew(key, token, lease).await
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        kept: Retention,
        how: Outcome,
    ) -> Result<Hold, StoreError> {
        self.wait(Op::Complete).await;
        self.inner.complete(key, token, kept, how).await
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        self.inner.release(key, token).await
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        self.inner.forget(key).await
    }
}
