//! One run of a handler, from the claim to its settlement: rows 9 to 13 of the decision table.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
    task::Poll,
};

use tokio::time::sleep;

use super::{
    Answer, DeadLetter, Disposition, Inner, Report, Settlement,
    cancellation::Signal,
    catch_unwind::CatchUnwind,
    claim::Admitted,
    driving::{Driving, Ended, Stopped},
    held::Held,
    policy::is_client_error,
    verdict::Verdict,
};
use crate::{
    delivery::{Delivery, Guard},
    scheme::Scheme,
    store::{Hold, Outcome},
    telemetry,
};

/// A delivery that is being handled, under a claim unless the store was out.
pub(super) struct Handled {
    pub(super) inner: Arc<Inner>,
    pub(super) delivery: Box<Delivery>,
    pub(super) lost: Signal,
    held: Option<Held>,
    read: AtomicU8,
    undecided: AtomicUsize,
}

/// Of the events that were asked for, ...
mod read {
    /// ... none fitted its type.
    pub(super) const MISFIT: u8 = 1;
    /// ... one did: what else there is to say, the handler says.
    pub(super) const FITS: u8 = 2;
}

impl Handled {
    /// What this delivery was handed on for.
    pub(super) fn of(delivery: &Delivery) -> Option<Arc<Self>> {
        Arc::downcast(Arc::clone(delivery.run.as_ref()?)).ok()
    }

    /// An event was asked for, and fitted its type or did not.
    pub(super) fn read(&self, fits: bool) {
        self.read.fetch_max(if fits { read::FITS } else { read::MISFIT }, Ordering::Relaxed);
    }

    /// One of the events of a list is about to be claimed. Until that is won or done, others decide on it: also
    /// where the wait for it is cut short.
    pub(super) fn asks(&self) {
        self.undecided.fetch_add(1, Ordering::Relaxed);
    }

    /// That event was won or is done.
    pub(super) fn decided(&self) {
        self.undecided.fetch_sub(1, Ordering::Relaxed);
    }

    /// Keeps the claim, and ends when the handler is to be dropped.
    pub(super) async fn watch(self: Arc<Self>) -> Stopped {
        let mut keeping = pin!(self.keep(self.held.as_ref()));
        let mut aborted = pin!(self.inner.lifecycle.aborted());
        let mut timeout = pin!(async {
            match self.inner.policy.handler_timeout {
                Some(limit) => sleep(limit).await,
                None => std::future::pending().await,
            }
        });
        poll_fn(|cx| {
            if aborted.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Stopped::Aborted);
            }
            if timeout.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Stopped::TimedOut);
            }
            // Never ready: a lost claim is told to the handler and does not end it.
            let _: Poll<()> = keeping.as_mut().poll(cx);
            Poll::Pending
        })
        .await
    }
}

/// A delivery in its place among the running, which is given back when this is dropped.
pub(super) struct InFlight(Arc<Handled>);

impl InFlight {
    /// Another place for what goes on in the background.
    pub(super) fn again(handled: &Arc<Handled>) -> Self {
        handled.inner.lifecycle.enter_again();
        Self(Arc::clone(handled))
    }
}

impl std::ops::Deref for InFlight {
    type Target = Arc<Handled>;

    fn deref(&self) -> &Arc<Handled> {
        &self.0
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.inner.lifecycle.leave();
    }
}

/// The right to run a handler for one delivery, and the duty to settle after.
///
/// Whichever way it ends, the claim does not outlive it: dropped before the handler ended, it is
/// released; dropped after, what was decided is carried out in the background.
pub(crate) struct Run {
    in_flight: InFlight,
    settled: bool,
    /// What is to become of the claim if this is dropped now.
    decided: Option<Outcome>,
}

/// How a handler ended, and what is answered.
pub(crate) struct Driven<T> {
    /// The handler's own answer, unless it has none or another is to be given.
    pub(crate) output: Option<T>,
    pub(crate) answer: Answer,
}

impl<T> Driven<T> {
    /// The task of the handler was ended by its runtime.
    fn gone() -> Self {
        Self { output: None, answer: Answer::new(500, Disposition::Refused).because("handler_gone") }
    }
}

impl Run {
    pub(super) fn new(inner: Arc<Inner>, mut delivery: Box<Delivery>, admitted: Admitted) -> Self {
        let Admitted { held, attempt, guard } = admitted;
        (delivery.attempt, delivery.guard) = (attempt, guard);
        let (lost, read, undecided) = (Signal::default(), AtomicU8::new(0), AtomicUsize::new(0));
        let handled = Arc::new(Handled { inner, delivery, lost, held, read, undecided });
        Self { in_flight: InFlight(handled), settled: false, decided: None }
    }

    fn inner(&self) -> &Inner {
        &self.handled().inner
    }

    fn scheme(&self) -> &Scheme {
        &self.inner().rules.scheme
    }

    pub(super) fn handled(&self) -> &Arc<Handled> {
        &self.in_flight
    }

    pub(crate) fn delivery(&self) -> &Delivery {
        &self.handled().delivery
    }

    /// The delivery as a handler gets it.
    pub(crate) fn handed_on(&self) -> Delivery {
        let handled: Arc<dyn Any + Send + Sync> = Arc::<Handled>::clone(self.handled());
        let mut delivery = self.delivery().clone();
        delivery.run = Some(handled);
        delivery
    }

    /// Runs the handler to its end, inside of this future or, by default, on a task of its own: then
    /// the sender may hang up, and the handler still runs to its end.
    #[cfg(feature = "tower")]
    pub(crate) fn perform<H, T>(
        self,
        handler: H,
        report: fn(&T) -> Report,
    ) -> impl Future<Output = Driven<T>> + Send + use<H, T>
    where
        H: Future<Output = T> + Send + 'static,
        T: Send + 'static,
    {
        let inline = self.inner().policy.inline;
        let mut driving = self.drive(handler, report);
        async move {
            match so_far(inline, &mut driving).await {
                Poll::Ready(driven) => driven,
                Poll::Pending => tokio::spawn(driving).await.unwrap_or_else(|_| Driven::gone()),
            }
        }
    }

    /// [`perform`](Self::perform) for handlers that stay on their thread.
    #[cfg(feature = "actix")]
    pub(crate) fn perform_here<H, T>(
        self,
        handler: H,
        report: fn(&T) -> Report,
    ) -> impl Future<Output = Driven<T>> + use<H, T>
    where
        H: Future<Output = T> + 'static,
        T: 'static,
    {
        let inline = self.inner().policy.inline;
        let mut driving = self.drive(handler, report);
        async move {
            match so_far(inline, &mut driving).await {
                Poll::Ready(driven) => driven,
                Poll::Pending => tokio::task::spawn_local(driving).await.unwrap_or_else(|_| Driven::gone()),
            }
        }
    }

    /// Runs the handler in the span of its delivery, its panic caught and its claim kept, then settles by what
    /// `report` makes of its answer.
    fn drive<H, T>(
        self,
        handler: H,
        report: fn(&T) -> Report,
    ) -> Pin<Box<impl Future<Output = Driven<T>> + use<H, T>>>
    where
        H: Future<Output = T>,
    {
        let handler = telemetry::handler(self.delivery(), CatchUnwind::new(handler));
        let driving = Driving::new(self, handler, move |run: Self, ended| run.finish(ended, report));
        Box::pin(telemetry::within_caller(driving))
    }

    /// Settles by how the handler ended. The output is large: it is in this future once.
    fn finish<T>(
        mut self,
        ended: Ended<T>,
        report: fn(&T) -> Report,
    ) -> impl Future<Output = Driven<T>> + use<T> {
        let (output, verdict) = match ended {
            Ended::Finished(output) => {
                let verdict = self.judge(&output, report);
                (Some(output).filter(|_| verdict.keeps_output), verdict)
            }
            Ended::Panicked => (None, self.last_attempt(Verdict::failed(500, "panicked"))),
            Ended::Stopped(Stopped::TimedOut) => (None, self.last_attempt(Verdict::failed(503, "timed_out"))),
            // Not the event's fault.
            Ended::Stopped(Stopped::Aborted) => {
                self.inner().lifecycle.dropped();
                (None, Verdict::failed(503, "shutting_down"))
            }
        };
        async move {
            let disposition = self.settle(verdict.settlement, verdict.handled).await;
            let disposition = verdict.disposition.unwrap_or(disposition);
            let answer = verdict.answer.disposed(disposition).or_because(match self.delivery().guard {
                Guard::Store => "",
                Guard::Fallback => "fallback",
                Guard::None if self.inner().store.is_none() => "",
                Guard::None => "unchecked",
            });
            self.inner().record(&answer, Some(self.delivery()));
            Driven { output, answer }
        }
    }

    /// What becomes of a claim whose handler gave this. The classifier and the hook are the user's:
    /// their panic counts as the handler's.
    fn judge<T>(&self, output: &T, report: fn(&T) -> Report) -> Verdict {
        let policy = &self.inner().policy;
        let judged = catch_unwind(AssertUnwindSafe(|| {
            let mut report = report(output);
            // Whoever said so, and not where the handler knew what to do about it.
            let misfit = self.handled().read.load(Ordering::Relaxed) == read::MISFIT;
            report.undecodable = (report.undecodable || misfit) && is_client_error(report.status);
            let settlement = policy.settlement(&report);
            let is_dead = report.undecodable || settlement == Settlement::CompleteAsFailed;
            if let (true, Some(dead_letter)) = (is_dead, &policy.dead_letter) {
                let is_given_up = settlement == Settlement::CompleteAsFailed || self.is_last();
                dead_letter(&DeadLetter { delivery: self.delivery(), is_given_up });
            }
            (report, settlement)
        }));
        match judged {
            // It was a dead letter already.
            Ok((report, Settlement::Release)) if report.undecodable && self.is_last() => {
                Verdict::given_up(self.scheme(), report.status)
            }
            Ok((report, settlement)) => self.last_attempt(Verdict::of(self.scheme(), report, settlement)),
            Err(_) => self.last_attempt(Verdict::failed(500, "panicked")),
        }
    }

    /// Whether no further attempt is to follow this one. One always is where others decide on some of the events.
    fn is_last(&self) -> bool {
        let attempt = self.delivery().attempt.unwrap_or(0);
        let is_last = self.inner().policy.max_attempts.is_some_and(|most| attempt >= most);
        is_last && self.handled().undecided.load(Ordering::Relaxed) == 0
    }

    /// An event whose last attempt failed is given up.
    fn last_attempt(&self, verdict: Verdict) -> Verdict {
        if verdict.settlement != Settlement::Release || !self.is_last() {
            return verdict;
        }
        let letter = DeadLetter { delivery: self.delivery(), is_given_up: true };
        let hook = || self.inner().policy.dead_letter.iter().for_each(|hook| hook(&letter));
        match catch_unwind(AssertUnwindSafe(hook)) {
            Ok(()) => Verdict::given_up(self.scheme(), verdict.handled),
            Err(_) => verdict,
        }
    }

    /// Whether all the attempts of this event began and none settled it: it may be what ends the process. A store does
    /// not tell those from attempts that failed while more were allowed, or that a sender cut short. Of a
    /// list that cannot be told: it may have waited for others each time.
    pub(super) fn is_exhausted(&self) -> bool {
        let attempt = self.delivery().attempt.unwrap_or(0);
        let is_exhausted = self.inner().policy.max_attempts.is_some_and(|most| attempt > most);
        is_exhausted && self.scheme().batch.is_none()
    }

    /// Gives the event up without running its handler.
    pub(super) async fn give_up(mut self) -> Answer {
        let verdict = self.last_attempt(Verdict::failed(500, "max_attempts"));
        let disposition = self.settle(verdict.settlement, verdict.handled).await;
        let answer = verdict.answer.disposed(disposition);
        self.inner().record(&answer, Some(self.delivery()));
        answer
    }

    async fn settle(&mut self, settlement: Settlement, status: u16) -> Disposition {
        let done = match settlement {
            Settlement::Complete => Disposition::Handled,
            Settlement::CompleteAsFailed => Disposition::GivenUp,
            Settlement::Release => Disposition::Released,
        };
        let outcome = (settlement != Settlement::Release).then(|| Outcome::new(status));
        // From here on a drop must not undo what the handler did.
        self.decided = outcome;
        let Some(held) = &self.handled().held else {
            self.settled = true;
            return match (done, &self.inner().store) {
                (Disposition::Handled, Some(_)) => Disposition::Unchecked,
                (Disposition::Handled, None) => Disposition::Verified,
                (done, _) => done,
            };
        };
        let settled = self.handled().settle(held, outcome).await;
        self.settled = true;
        match settled {
            Ok(Hold::Held) => done,
            Ok(Hold::Lost) => Disposition::Lost,
            Err(_) if outcome.is_some() => {
                self.settle_in_background();
                Disposition::Unsettled
            }
            // The claim ends with its lease.
            Err(_) => done,
        }
    }

    fn settle_in_background(&self) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (in_flight, outcome) = (InFlight::again(&self.in_flight), self.decided);
            runtime.spawn(async move {
                if let Some(held) = &in_flight.held {
                    in_flight.end_later(held, outcome).await;
                }
            });
        }
    }
}

/// Polls once, unless all of it is to happen here. What ends without waiting needs no task, since nobody can hang up
/// in between.
fn so_far<D: Future>(inline: bool, driving: &mut Pin<Box<D>>) -> impl Future<Output = Poll<D::Output>> {
    poll_fn(move |cx| match driving.as_mut().poll(cx) {
        Poll::Pending if inline => Poll::Pending,
        so_far => Poll::Ready(so_far),
    })
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.settled {
            self.settle_in_background();
            let dropped = match self.decided {
                Some(_) => Disposition::Unsettled,
                None => Disposition::Released,
            };
            self.inner().record(&Answer::new(500, dropped).because("dropped"), Some(self.delivery()));
        }
    }
}

impl std::fmt::Debug for Handled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handled").field("delivery", &self.delivery).finish_non_exhaustive()
    }
}
