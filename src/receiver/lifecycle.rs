//! Which handlers are running, and how they end when the process does.

use std::{
    mem,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use tokio::{
    sync::{Notify, watch},
    time::{Instant, timeout_at},
};

use crate::telemetry;

/// How long aborted handlers get to let go of their claims.
const LETTING_GO: Duration = Duration::from_secs(5);

/// How far the end is.
#[derive(Debug, PartialEq)]
enum Phase {
    Serving,
    /// Nothing new is let in.
    Closing,
    /// Handlers are to be dropped.
    Aborting,
}

#[derive(Debug)]
pub(super) struct Lifecycle {
    provider: &'static str,
    /// Whether the phase is serving.
    open: AtomicBool,
    phase: watch::Sender<Phase>,
    running: AtomicUsize,
    dropped: AtomicUsize,
    idle: Notify,
}

impl Lifecycle {
    pub(super) fn new(provider: &'static str) -> Self {
        Self {
            provider,
            open: AtomicBool::new(true),
            phase: watch::Sender::new(Phase::Serving),
            running: AtomicUsize::new(0),
            dropped: AtomicUsize::new(0),
            idle: Notify::new(),
        }
    }

    /// A place among the running, of which there are at most so many; or else why there is none.
    pub(super) fn enter(&self, most: usize) -> Result<Entered<'_>, &'static str> {
        let one_more = |running: usize| (running < most).then(|| running + 1);
        // Counted before it is known whether it may: a shutdown either sees this one or is seen by it.
        let counted = self.running.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more);
        let place = counted.map(|_| {
            telemetry::in_flight(self.provider, true);
            Entered(self)
        });
        match self.open.load(Ordering::SeqCst) {
            true => place.map_err(|_| "too_many_in_flight"),
            false => Err("shutting_down"),
        }
    }

    /// Another place for one that has one, however many there are and whatever has begun.
    pub(super) fn enter_again(&self) {
        self.running.fetch_add(1, Ordering::SeqCst);
        telemetry::in_flight(self.provider, true);
    }

    /// Gives a place back.
    pub(super) fn leave(&self) {
        telemetry::in_flight(self.provider, false);
        let was_last = self.running.fetch_sub(1, Ordering::SeqCst) == 1;
        // Nobody waits before the end has begun.
        if was_last && !self.open.load(Ordering::SeqCst) {
            self.idle.notify_waiters();
        }
    }

    /// A handler was dropped, since the end has come.
    pub(super) fn dropped(&self) {
        self.dropped.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// Completes when handlers are to be dropped.
    pub(super) async fn aborted(&self) {
        self.reached(|phase| *phase == Phase::Aborting).await;
    }

    /// Completes when nothing new is let in.
    pub(super) async fn closing(&self) {
        self.reached(|phase| *phase != Phase::Serving).await;
    }

    async fn reached(&self, is: impl FnMut(&Phase) -> bool) {
        if self.phase.subscribe().wait_for(is).await.is_err() {
            std::future::pending().await
        }
    }

    /// Lets nothing new in, waits for what is running and drops what is left after `grace`. Says how
    /// many that were.
    pub(super) async fn shut_down(&self, grace: Duration) -> usize {
        self.open.store(false, Ordering::SeqCst);
        self.phase.send_if_modified(|phase| {
            let begins = *phase == Phase::Serving;
            if begins {
                *phase = Phase::Closing;
            }
            begins
        });
        let deadline = Instant::now().checked_add(grace);
        if self.idle_by(deadline).await {
            return 0;
        }
        self.phase.send_replace(Phase::Aborting);
        self.idle_by(Instant::now().checked_add(LETTING_GO)).await;
        self.dropped.load(Ordering::SeqCst)
    }

    async fn idle_by(&self, deadline: Option<Instant>) -> bool {
        let idle = async {
            loop {
                let notified = self.idle.notified();
                if self.running() == 0 {
                    return;
                }
                notified.await;
            }
        };
        match deadline {
            Some(deadline) => timeout_at(deadline, idle).await.is_ok(),
            None => {
                idle.await;
                true
            }
        }
    }
}

/// A place among the running, given back when dropped.
pub(super) struct Entered<'a>(&'a Lifecycle);

impl Entered<'_> {
    /// Leaves giving the place back to somebody else.
    pub(super) fn stay(self) {
        mem::forget(self);
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
