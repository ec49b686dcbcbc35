//! The memory store beside moka.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use hookgate::{
    EventId, Store,
    store::{Claim, EventKey, Hold, MemoryStore, Outcome, Retention, Scope},
};

pub const LEASE: Duration = Duration::from_secs(60);
pub const RETENTION: Retention = Retention::new(Duration::from_secs(7 * 24 * 3600), Duration::from_secs(600));

/// The memory store answers at once.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("the memory store waits for nothing"),
    }
}

/// An id of 40 bytes.
pub fn id(number: usize) -> String {
    format!("evt_{:0>36}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

pub fn key(scope: &Scope, number: usize) -> EventKey {
    EventKey::of_id(scope.clone(), EventId::new(&id(number)).unwrap())
}

/// Claim and complete.
pub fn handle(store: &MemoryStore, key: &EventKey) -> bool {
    match now(store.claim(key, LEASE)) {
        Ok(Claim::Won { token, .. }) => {
            matches!(now(store.complete(key, token, RETENTION, Outcome::new(200))), Ok(Hold::Held))
        }
        _ => false,
    }
}

pub type Moka = moka::sync::Cache<String, bool>;

/// The same with a cache, in the one of its ways that lets a single caller win.
pub fn handle_with_moka(cache: &Moka, id: &String) -> bool {
    let fresh = cache.entry_by_ref(id).or_insert_with(|| false).is_fresh();
    cache.insert(id.clone(), true);
    fresh
}
