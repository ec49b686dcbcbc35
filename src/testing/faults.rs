use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::{
    error::{StoreError, StoreErrorKind},
    store::{Claim, EventKey, Hold, Outcome, Retention, Store, Token},
};

/// An operation of a [`Store`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Op {
    /// [`Store::claim`].
    Claim,
    /// [`Store::renew`].
    Renew,
    /// [`Store::complete`].
    Complete,
    /// [`Store::release`].
    Release,
    /// [`Store::forget`].
    Forget,
}

/// A store in front of another that fails on demand and counts. Clones share everything.
#[derive(Clone, Debug)]
pub struct FaultyStore<S> {
    store: Arc<S>,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    faults: Mutex<[Option<Fault>; 5]>,
    calls: [AtomicUsize; 5],
}

#[derive(Clone, Copy, Debug)]
enum Fault {
    Fails { kind: StoreErrorKind, acts: bool },
    Panics,
}

impl<S: Store> FaultyStore<S> {
    /// A store that does what `store` does.
    pub fn new(store: S) -> Self {
        Self { store: Arc::new(store), state: Arc::default() }
    }

    /// From now on the operation fails and does nothing.
    pub fn fail(&self, op: Op, kind: StoreErrorKind) {
        self.set(op, Some(Fault::Fails { kind, acts: false }));
    }

    /// From now on the operation acts, but its answer is lost: it seems to time out.
    pub fn lose_answer(&self, op: Op) {
        self.set(op, Some(Fault::Fails { kind: StoreErrorKind::TimedOut, acts: true }));
    }

    /// From now on the operation panics.
    pub fn panic(&self, op: Op) {
        self.set(op, Some(Fault::Panics));
    }

    /// From now on the operation works again.
    pub fn heal(&self, op: Op) {
        self.set(op, None);
    }

    /// How often the operation was called.
    pub fn calls(&self, op: Op) -> usize {
        self.state.calls.get(op as usize).map_or(0, |calls| calls.load(Ordering::SeqCst))
    }

    /// How often any operation was called.
    pub fn all_calls(&self) -> usize {
        self.state.calls.iter().map(|calls| calls.load(Ordering::SeqCst)).sum()
    }

    fn set(&self, op: Op, fault: Option<Fault>) {
        let mut faults = self.state.faults.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = faults.get_mut(op as usize) {
            *place = fault;
        }
    }

    async fn call<T>(
        &self,
        op: Op,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        if let Some(calls) = self.state.calls.get(op as usize) {
            calls.fetch_add(1, Ordering::SeqCst);
        }
        let fault = {
            let faults = self.state.faults.lock().unwrap_or_else(PoisonError::into_inner);
            faults.get(op as usize).copied().flatten()
        };
        match fault {
            None => call.await,
            #[allow(clippy::panic, reason = "what was asked for")]
            Some(Fault::Panics) => panic!("a fault that a test asked for"),
            Some(Fault::Fails { kind, acts }) => {
                if acts {
                    call.await?;
                }
                Err(StoreError::with_source(kind, "a fault that a test asked for"))
            }
        }
    }
}

impl<S: Store> Store for FaultyStore<S> {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        self.call(Op::Claim, self.store.claim(key, lease)).await
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        self.call(Op::Renew, self.store.renew(key, token, lease)).await
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        self.call(Op::Complete, self.store.complete(key, token, retention, outcome)).await
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        self.call(Op::Release, self.store.release(key, token)).await
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        self.call(Op::Forget, self.store.forget(key)).await
    }
}
