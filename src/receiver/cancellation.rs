//! The signal to a handler that its claim is lost.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::Notify;

use super::run::Handled;
use crate::delivery::Delivery;

/// Tells a handler that it no longer holds the claim on its event: somebody else may be handling it
/// now, and what it does from here on may be done twice.
///
/// It is an extractor; other services ask the delivery for it, with [`Cancellation::of`]. It fires when a renewal of
/// the lease says that the claim is lost. The handler is not stopped: it can watch the signal and stop where that
/// is safe.
///
/// Of a [`Batch`](super::Batch) it is one signal for the whole list: once the claim on one of its events is lost, it is
/// fired for the events after that too. What a handler leaves undone for it fails, and comes again.
#[derive(Clone, Debug)]
pub struct Cancellation(pub(super) Arc<Handled>);

impl Cancellation {
    /// The signal for the handler that a gate handed this delivery on to; `None` for any other delivery.
    pub fn of(delivery: &Delivery) -> Option<Self> {
        Handled::of(delivery).map(Self)
    }

    /// Whether the claim is lost.
    pub fn is_cancelled(&self) -> bool {
        self.0.lost.is_fired()
    }

    /// Completes when the claim is lost; never where it is kept to the end.
    pub async fn cancelled(&self) {
        self.0.lost.fired().await;
    }
}

#[derive(Debug, Default)]
pub(super) struct Signal {
    fired: AtomicBool,
    notify: Notify,
}

impl Signal {
    pub(super) fn fire(&self) {
        self.fired.store(true, Ordering::Release);
        self.notify.notify_waiters();
    }

    fn is_fired(&self) -> bool {
        self.fired.load(Ordering::Acquire)
    }

    async fn fired(&self) {
        let notified = self.notify.notified();
        if !self.is_fired() {
            notified.await;
        }
    }
}
