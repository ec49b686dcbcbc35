//! A claim whose answer may never be heard.

use std::time::Duration;

use redis::aio::ConnectionLike;

use super::{RedisStore, names::Names};
use crate::store::{Hold, Token};

/// Before each try to take a claim back.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(5)];

/// Takes the claim back where nobody hears of it: its answer comes too late, or who asked is gone. Else the event
/// would run for a whole lease with nobody to run it, and count as tried.
pub(super) struct Claiming<C: ConnectionLike + Clone + Send + Sync + 'static> {
    store: RedisStore<C>,
    /// None once its answer was heard.
    unheard: Option<(Names, Token)>,
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Claiming<C> {
    pub(super) fn new(store: &RedisStore<C>, names: Names, token: Token) -> Self {
        Self { store: store.clone(), unheard: Some((names, token)) }
    }

    pub(super) fn names(&self) -> &Names {
        let (names, _) = self.unheard.as_ref().unwrap_or_else(|| unreachable!("it ends with its answer"));
        names
    }

    /// The answer was heard.
    pub(super) fn end(mut self) {
        self.unheard = None;
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Drop for Claiming<C> {
    fn drop(&mut self) {
        if let (Some((names, token)), Ok(runtime)) =
            (self.unheard.take(), tokio::runtime::Handle::try_current())
        {
            let store = self.store.clone();
            runtime.spawn(async move {
                for pause in PAUSES {
                    tokio::time::sleep(pause).await;
                    // Where it is not there, it may be still under way, over a connection that was left.
                    if let Ok(Hold::Held) = store.let_go(&names, token, b"1").await {
                        return;
                    }
                }
                // The claim, if there is one, ends with its lease.
            });
        }
    }
}
