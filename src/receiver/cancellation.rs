//! The signal to a handler that its claim is lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

/// Tells a handler that it no longer holds the claim on its event: somebody else may be handling it
/// now, and what it does from here on may be done twice.
///
/// It is in the request's extensions, and an extractor. It fires when a renewal of the lease says
/// that the claim is lost. The handler is not stopped: it can watch the signal and stop where that
/// is safe.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<Signal>);

#[derive(Debug, Default)]
struct Signal {
    fired: AtomicBool,
    notify: Notify,
}

impl Cancellation {
    /// Whether the claim is lost.
    pub fn is_cancelled(&self) -> bool {
        self.0.fired.load(Ordering::Acquire)
    }

    /// Completes when the claim is lost; never where it is kept to the end.
    pub async fn cancelled(&self) {
        let notified = self.0.notify.notified();
        if !self.is_cancelled() {
            notified.await;
        }
    }

    pub(super) fn fire(&self) {
        self.0.fired.store(true, Ordering::Release);
        self.0.notify.notify_waiters();
    }
}
