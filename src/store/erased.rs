//! A store chosen at run time.

use std::{any::Any, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use super::{Claim, EventKey, Hold, Outcome, Retention, Store, Token};
use crate::error::StoreError;

type Reply<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Any [`Store`], erased: what a receiver holds. Cloning it shares the store.
#[derive(Clone)]
pub struct DynStore(Kind);

#[derive(Clone)]
enum Kind {
    /// Answers at once, so its futures are not boxed.
    #[cfg(feature = "memory")]
    Memory(super::MemoryStore),
    Other(Arc<dyn Erased>),
}

impl DynStore {
    /// Erases a store.
    pub fn new<S: Store>(store: S) -> Self {
        let store: Box<dyn Any> = Box::new(store);
        let store = match store.downcast::<Self>() {
            Ok(erased) => return *erased,
            Err(store) => store,
        };
        #[cfg(feature = "memory")]
        let store = match store.downcast::<super::MemoryStore>() {
            Ok(memory) => return Self(Kind::Memory(*memory)),
            Err(store) => store,
        };
        match store.downcast::<S>() {
            Ok(store) => Self(Kind::Other(Arc::new(*store))),
            Err(_) => unreachable!("the store is of its own type"),
        }
    }
}

impl fmt::Debug for DynStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DynStore")
    }
}

macro_rules! answer {
    ($self:ident.$method:ident, $boxed:ident($($arg:ident),*)) => {
        match &$self.0 {
            #[cfg(feature = "memory")]
            Kind::Memory(store) => store.$method($($arg),*).await,
            Kind::Other(store) => store.$boxed($($arg),*).await,
        }
    };
}

impl Store for DynStore {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        answer!(self.claim, claim_boxed(key, lease))
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        answer!(self.renew, renew_boxed(key, token, lease))
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        answer!(self.complete, complete_boxed(key, token, retention, outcome))
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        answer!(self.release, release_boxed(key, token))
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        answer!(self.forget, forget_boxed(key))
    }
}

/// [`Store`] with boxed futures.
trait Erased: Send + Sync {
    fn claim_boxed<'a>(&'a self, key: &'a EventKey, lease: Duration) -> Reply<'a, Claim>;
    fn renew_boxed<'a>(&'a self, key: &'a EventKey, token: Token, lease: Duration) -> Reply<'a, Hold>;
    fn complete_boxed<'a>(
        &'a self,
        key: &'a EventKey,
        token: Token,
        kept: Retention,
        outcome: Outcome,
    ) -> Reply<'a, Hold>;
    fn release_boxed<'a>(&'a self, key: &'a EventKey, token: Token) -> Reply<'a, Hold>;
    fn forget_boxed<'a>(&'a self, key: &'a EventKey) -> Reply<'a, ()>;
}

impl<S: Store> Erased for S {
    fn claim_boxed<'a>(&'a self, key: &'a EventKey, lease: Duration) -> Reply<'a, Claim> {
        Box::pin(Store::claim(self, key, lease))
    }

    fn renew_boxed<'a>(&'a self, key: &'a EventKey, token: Token, lease: Duration) -> Reply<'a, Hold> {
        Box::pin(Store::renew(self, key, token, lease))
    }

    fn complete_boxed<'a>(
        &'a self,
        key: &'a EventKey,
        token: Token,
        kept: Retention,
        outcome: Outcome,
    ) -> Reply<'a, Hold> {
        Box::pin(Store::complete(self, key, token, kept, outcome))
    }

    fn release_boxed<'a>(&'a self, key: &'a EventKey, token: Token) -> Reply<'a, Hold> {
        Box::pin(Store::release(self, key, token))
    }

    fn forget_boxed<'a>(&'a self, key: &'a EventKey) -> Reply<'a, ()> {
        Box::pin(Store::forget(self, key))
    }
}
