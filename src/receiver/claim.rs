//! From a delivery to the right to handle it: rows 5 to 8 and 14 of the decision table.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::{
    Answer, DeadLetter, Disposition, Inner, OnReplay, OnStoreOutage, OnUndecodable,
    held::Held,
    lifecycle::Entered,
    policy::{DoneAnswer, RunningAnswer},
};
use crate::{
    delivery::{Delivery, Guard, IdFound},
    error::{StoreError, StoreErrorKind},
    store::{Claim, DynStore, EventKey, Outcome, Scope, Store, Token},
    telemetry::{self, count},
};

/// How soon a duplicate that waits for a running event looks again, at first and at most.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// The right to handle a delivery: under a claim, unless the store was out and the policy says so. It has a place
/// among the running, which a run gives back.
pub(crate) struct Admitted {
    pub(super) held: Option<Held>,
    pub(super) attempt: Option<u32>,
    pub(super) guard: Guard,
}

impl Admitted {
    /// Without a claim.
    fn unchecked(in_flight: Entered<'_>) -> Self {
        in_flight.stay();
        Self { held: None, attempt: None, guard: Guard::None }
    }
}

/// A claim that was won.
#[derive(Clone, Copy)]
struct Won {
    token: Token,
    attempt: u32,
}

/// What a claim on one event of several says.
pub(super) enum Claimed {
    Won(Option<Held>),
    Done,
    Running,
}

impl Inner {
    /// Whether an authentic delivery is to be handled, or else what is answered to it.
    pub(super) async fn admit(&self, delivery: &mut Delivery) -> Result<Admitted, Answer> {
        let policy = &self.policy;
        if !policy.wants_any(delivery, &self.rules.scheme) {
            return Err(Answer::acknowledged(&self.rules.scheme, 204, Disposition::Filtered));
        }
        if self.store.is_some() && *delivery.find_id() == IdFound::Invalid {
            return Err(self.undecodable(delivery).because("id_invalid"));
        }
        let in_flight =
            self.lifecycle.enter(policy.max_in_flight).map_err(|why| Answer::refused(503, why))?;
        let Some(store) = &self.store else {
            return Ok(Admitted::unchecked(in_flight));
        };
        let scope = self.scope(delivery.tenant());
        let claims_content = policy.on_replay != OnReplay::Handle && !self.rules.scheme.repeats;
        let key = EventKey::of(delivery, scope, claims_content);
        let (guard, won) = match self.claim(store, &key).await {
            Ok(won) => (Guard::Store, won?),
            Err(error) => {
                telemetry::store_failed("a claim", delivery.provider, &error);
                let out = matches!(error.kind(), StoreErrorKind::Unavailable | StoreErrorKind::TimedOut);
                match (policy.on_outage, &self.fallback) {
                    (OnStoreOutage::RunUnchecked, _) if out => {
                        return Ok(Admitted::unchecked(in_flight));
                    }
                    (OnStoreOutage::FallBackToMemory, Some(memory)) if out => {
                        match self.claim(memory, &key).await {
                            Ok(won) => {
                                let won = won.map_err(|answer| answer.or_because("fallback"))?;
                                (Guard::Fallback, won)
                            }
                            Err(_) => return Err(store_failed(&error)),
                        }
                    }
                    _ => return Err(store_failed(&error)),
                }
            }
        };
        in_flight.stay();
        Ok(Admitted { held: Some(Held { key, token: won.token }), attempt: Some(won.attempt), guard })
    }

    /// What is answered to a delivery that is authentic and makes no sense.
    fn undecodable(&self, delivery: &Delivery) -> Answer {
        if let Some(dead_letter) = &self.policy.dead_letter {
            let is_given_up = self.policy.on_undecodable == OnUndecodable::CompleteAsFailed;
            dead_letter(&DeadLetter { delivery, is_given_up });
        }
        match self.policy.on_undecodable {
            OnUndecodable::Release => Answer::new(422, Disposition::Undecodable),
            OnUndecodable::CompleteAsFailed => {
                Answer::acknowledged(&self.rules.scheme, 200, Disposition::GivenUp)
            }
        }
    }

    pub(super) fn scope(&self, tenant: Option<&str>) -> Scope {
        match tenant {
            None => self.scope.clone(),
            Some(tenant) => Scope::new(&self.name, self.rules.scheme.name, Some(tenant)),
        }
    }

    /// Claims the event, waiting a bounded time for one that is running. Inside: the claim, or the
    /// answer to a duplicate.
    async fn claim(&self, store: &DynStore, key: &EventKey) -> Result<Result<Won, Answer>, StoreError> {
        let lease = self.policy.lease;
        let mut waiting: Option<(Instant, Duration)> = None;
        loop {
            let claim = match (telemetry::timed("claim", store.claim(key, lease)).await, waiting) {
                // It ran a moment ago: no outage is to run it beside that.
                (Err(error), Some(_)) => {
                    telemetry::store_failed("another look", self.rules.scheme.name, &error);
                    return Ok(Err(self.running(LOOK_AGAIN.1)));
                }
                (claim, _) => claim?,
            };
            match claim {
                Claim::Won { token, attempt } => return Ok(Ok(Won { token, attempt })),
                Claim::Done { outcome, mismatch } => return Ok(Err(self.done(outcome, mismatch))),
                Claim::Replayed { .. } => return Ok(Err(self.replayed())),
                Claim::Running { retry_after } => {
                    let (until, pause) = match waiting {
                        Some(waiting) => waiting,
                        None => (Instant::now() + self.policy.wait_for_running, LOOK_AGAIN.0),
                    };
                    let left = until.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(Err(self.running(retry_after)));
                    }
                    // Nothing new is begun once the end has: what runs now would be left to the next process.
                    if Box::pin(timeout(pause.min(left), self.lifecycle.closing())).await.is_ok() {
                        return Ok(Err(Answer::refused(503, "shutting_down")));
                    }
                    waiting = Some((until, (pause * 2).min(LOOK_AGAIN.1)));
                }
            }
        }
    }

    /// Claims one event of several.
    pub(super) async fn claim_item(
        &self,
        store: &DynStore,
        key: EventKey,
    ) -> Result<(Claimed, Option<u32>), StoreError> {
        Ok(match self.claim(store, &key).await? {
            Ok(Won { token, attempt }) => (Claimed::Won(Some(Held { key, token })), Some(attempt)),
            Err(answer) => match answer.disposition() {
                Disposition::Done | Disposition::Replayed => (Claimed::Done, None),
                _ => (Claimed::Running, None),
            },
        })
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
        let answer = Answer::acknowledged(&self.rules.scheme, status, Disposition::Done);
        answer.because(if mismatch { "mismatch" } else { "" })
    }

    fn replayed(&self) -> Answer {
        match self.policy.on_replay {
            OnReplay::Refuse => Answer::new(409, Disposition::Replayed),
            _ => Answer::acknowledged(&self.rules.scheme, 200, Disposition::Replayed),
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
