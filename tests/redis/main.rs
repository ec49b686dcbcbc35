//! The store on real Redis servers, and what becomes of events when those break.

#[allow(dead_code)]
#[path = "../it/support.rs"]
mod support;

#[path = "../common/log.rs"]
mod log;

mod contract;
mod doubles;
mod evicting;
mod failovers;
mod faults;
mod identity;
mod nodes;
mod outages;
mod processes;
mod reconnecting;
mod replies;
mod servers;
mod terminated;
mod wire;

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use hookgate::{
    Receiver, ReceiverBuilder,
    providers::{GitHub, Stripe},
    store::{RedisStore, Store},
    testing::ManualClock,
};
use redis::aio::ConnectionLike;

use support::{NOW, SECRET};

/// A store whose keys no other test has.
fn store<C: ConnectionLike + Clone + Send + Sync + 'static>(connection: C) -> RedisStore<C> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let prefix = format!("hookgate:{}", NEXT.fetch_add(1, SeqCst));
    RedisStore::builder(connection).prefix(prefix).build().expect("a store")
}

fn stripe_on(store: impl Store) -> ReceiverBuilder<Stripe> {
    Receiver::<Stripe>::builder().secret(SECRET).clock(ManualClock::new(NOW)).store(store)
}

fn github_on(store: impl Store) -> ReceiverBuilder<GitHub> {
    Receiver::<GitHub>::builder().secret(SECRET).clock(ManualClock::new(NOW)).store(store)
}
