//! From a delivery to the right to handle it: rows 5 to 8 and 14 of the decision table.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    Answer, Disposition, Inner, OnReplay, OnStoreOutage, OnUndecodable,
    policy::{DoneAnswer, RunningAnswer},
    run::{Held, Run},
};
use crate::{
    delivery::{Delivery, IdFound},
    error::{StoreError, StoreErrorKind},
    store::{Claim, DynStore, EventKey, Outcome, Scope, Store},
    telemetry::{self, count, log},
};

/// How soon a duplicate that waits for a running event looks again, at first and at most.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// Whether an authentic delivery is to be handled.
pub(crate) enum Admission {
    Run(Run),
    Answer(Answer, Delivery),
}

impl Inner {
    pub(super) async fn admit(self: &Arc<Self>, delivery: Delivery) -> Admission {
        let policy = &self.policy;
        let wanted =
            policy.filter.as_ref().is_none_or(|wants| wants(delivery.event_type().map(AsRef::as_ref)));
        if !wanted {
            return Admission::Answer(Answer::new(204, Disposition::Filtered), delivery);
        }
        if delivery.id == IdFound::Invalid {
            return Admission::Answer(self.undecodable(&delivery).because("id_invalid"), delivery);
        }
        let Some(in_flight) = self.lifecycle.enter() else {
            return Admission::Answer(Answer::refused(503, "shutting_down"), delivery);
        };
        let key =
            EventKey::of(&delivery, self.scope(delivery.tenant()), policy.on_replay != OnReplay::Handle);
        let run = |delivery, held, attempt| Run::new(Arc::clone(self), in_flight, delivery, held, attempt);
        match self.claim(&self.store, &key).await {
            Ok(Ok((held, attempt))) => Admission::Run(run(delivery, Some(held), Some(attempt))),
            Ok(Err(answer)) => Admission::Answer(answer, delivery),
            Err(error) => {
                log!(error, provider = delivery.provider, %error, "the store failed at a claim");
                let out = matches!(error.kind(), StoreErrorKind::Unavailable | StoreErrorKind::TimedOut);
                match policy.on_outage {
                    OnStoreOutage::RunUnchecked if out => Admission::Run(run(delivery, None, None)),
                    OnStoreOutage::FallBackToMemory if out => match self.claim_in_memory(&key).await {
                        Ok(Ok((held, attempt))) => Admission::Run(run(delivery, Some(held), Some(attempt))),
                        Ok(Err(answer)) => Admission::Answer(answer, delivery),
                        Err(_) => Admission::Answer(store_failed(&error), delivery),
                    },
                    _ => Admission::Answer(store_failed(&error), delivery),
                }
            }
        }
    }

    /// What is answered to a delivery that is authentic and makes no sense.
    fn undecodable(&self, delivery: &Delivery) -> Answer {
        if let Some(dead_letter) = &self.policy.dead_letter {
            dead_letter(delivery);
        }
        match self.policy.on_undecodable {
            OnUndecodable::Release => Answer::new(422, Disposition::Undecodable),
            OnUndecodable::CompleteAsFailed => Answer::new(200, Disposition::GivenUp),
        }
    }

    pub(super) fn scope(&self, tenant: Option<&str>) -> Scope {
        match tenant {
            None => self.scope.clone(),
            Some(tenant) => Scope::new(&self.name, self.rules.scheme.name, Some(tenant)),
        }
    }

    async fn claim_in_memory(&self, key: &EventKey) -> Result<Result<(Held, u32), Answer>, StoreError> {
        match &self.fallback {
            Some(memory) => self.claim(memory, key).await,
            None => Err(StoreError::new(StoreErrorKind::Unavailable)),
        }
    }

    /// Claims the event, waiting a bounded time for one that is running. Inside: the claim, or the
    /// answer to a duplicate.
    async fn claim(
        &self,
        store: &DynStore,
        key: &EventKey,
    ) -> Result<Result<(Held, u32), Answer>, StoreError> {
        let lease = self.policy.lease;
        let mut waiting: Option<(Instant, Duration)> = None;
        loop {
            match telemetry::timed("claim", store.claim(key, lease)).await? {
                Claim::Won { token, attempt } => {
                    let held = Held { store: store.clone(), key: key.clone(), token };
                    return Ok(Ok((held, attempt)));
                }
                Claim::Done { outcome, mismatch } => return Ok(Err(self.done(outcome, mismatch))),
                Claim::Replayed { outcome } => return Ok(Err(self.replayed(outcome))),
                Claim::Running { retry_after } => {
                    let (until, pause) = match waiting {
                        Some(waiting) => waiting,
                        None if self.policy.wait_for_running.is_zero() => {
                            return Ok(Err(self.running(retry_after)));
                        }
                        None => (Instant::now() + self.policy.wait_for_running, LOOK_AGAIN.0),
                    };
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(Err(self.running(retry_after)));
                    }
                    sleep(pause.min(left)).await;
                    waiting = Some((until, (pause * 2).min(LOOK_AGAIN.1)));
                }
            }
        }
    }

    fn running(&self, retry_after: Duration) -> Answer {
        let status = match self.policy.on_running {
            RunningAnswer::ServiceUnavailable => 503,
            RunningAnswer::Conflict => 409,
        };
        Answer::new(status, Disposition::Running).retry_after(retry_after)
    }

    fn done(&self, outcome: Outcome, mismatch: bool) -> Answer {
        if mismatch {
            count!(telemetry::MISMATCHES, "provider" => self.rules.scheme.name);
            if self.policy.strict_ids {
                return Answer::new(409, Disposition::Done).because("mismatch");
            }
        }
        let status = match (self.policy.on_done, outcome.status()) {
            (DoneAnswer::Remembered, status @ 200..=299) => status,
            _ => 200,
        };
        Answer::new(status, Disposition::Done).because(if mismatch { "mismatch" } else { "" })
    }

    fn replayed(&self, outcome: Outcome) -> Answer {
        match self.policy.on_replay {
            OnReplay::Refuse => Answer::new(409, Disposition::Replayed),
            OnReplay::Acknowledge | OnReplay::Handle => {
                let _ = outcome;
                Answer::new(200, Disposition::Replayed)
            }
        }
    }
}

fn store_failed(error: &StoreError) -> Answer {
    Answer::refused(
        503,
        match error.kind() {
            StoreErrorKind::Full => "store_full",
            StoreErrorKind::Corrupt => "store_corrupt",
            StoreErrorKind::TimedOut => "store_timed_out",
            _ => "store_unavailable",
        },
    )
}
