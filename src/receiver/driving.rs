//! The future of a run: a handler under watch, and then its settlement.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;
use tokio::task::{Unconstrained, unconstrained};

use super::run::Run;

/// How a handler ended.
pub(super) enum Ended<T> {
    Finished(T),
    Panicked,
    Stopped(Stopped),
}

/// A handler that used up its share of the task's budget must not keep its watch waiting.
type Watching = Unconstrained<Pin<Box<dyn Future<Output = Stopped> + Send>>>;

/// Why a handler was dropped.
pub(super) enum Stopped {
    TimedOut,
    Aborted,
}

pin_project! {
    /// One after the other in the same place: an `async fn` would keep its handler in two.
    #[project = DrivingState]
    pub(super) enum Driving<H, F, S> {
        Handling {
            // Dropped first: the run after it releases the claim.
            #[pin]
            handler: H,
            watching: Option<Watching>,
            next: Option<(Run, F)>,
        },
        Settling {
            #[pin]
            settling: S,
        },
    }
}

impl<H, F, S> Driving<H, F, S> {
    /// Runs this handler, and then the future that `settle` makes of its end.
    pub(super) fn new(run: Run, handler: H, settle: F) -> Self {
        Self::Handling { handler, watching: None, next: Some((run, settle)) }
    }
}

impl<T, H, F, S> Future for Driving<H, F, S>
where
    H: Future<Output = Option<T>>,
    F: FnOnce(Run, Ended<T>) -> S,
    S: Future,
{
    type Output = S::Output;

    /// Polls the handler first; what watches over it is made when it is pending for the first time.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<S::Output> {
        if let DrivingState::Handling { handler, watching, next } = self.as_mut().project() {
            let Some((run, _)) = &next else { return Poll::Pending };
            let ended = match handler.poll(cx) {
                Poll::Ready(end) => end.map_or(Ended::Panicked, Ended::Finished),
                Poll::Pending => {
                    let watch = || unconstrained(Box::pin(Arc::clone(run.handled()).watch()) as _);
                    let watching = watching.get_or_insert_with(watch);
                    ready!(Pin::new(watching).poll(cx).map(Ended::Stopped))
                }
            };
            let Some((run, settle)) = next.take() else { return Poll::Pending };
            self.set(Self::Settling { settling: settle(run, ended) });
        }
        match self.project() {
            DrivingState::Settling { settling } => settling.poll(cx),
            DrivingState::Handling { .. } => Poll::Pending,
        }
    }
}
