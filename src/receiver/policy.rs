//! The decisions that a receiver's owner makes, and the one place where they are read.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    delivery::Delivery,
    error::{ConfigError, LONGEST},
    scheme::Scheme,
    secret::Secret,
    store::Retention,
};

/// What to do with a new event while the store cannot be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnStoreOutage {
    /// Answer 503: the provider tries again later. No event is handled twice.
    #[default]
    Refuse,
    /// Handle it without a claim: no event waits for the store, but a duplicate is handled again.
    RunUnchecked,
    /// Claim it in a memory store of this process: its duplicates that reach the same process are still recognised.
    /// That store knows nothing of events that were claimed before the outage: they are handled again.
    FallBackToMemory,
}

/// What to do when a handler answers 4xx (but 408, 425 and 429), or says [`Permanent`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnClientError {
    /// The next delivery may try.
    #[default]
    Release,
    /// The event is given up: remembered as done, so that duplicates are answered 200.
    CompleteAsFailed,
}

/// What to do with an authentic delivery whose payload does not fit the handler's type, where its answer is a 4xx
/// (but 408, 425 and 429): a handler may know what to do about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnUndecodable {
    /// Answer 422; the next delivery may try.
    #[default]
    Release,
    /// Answer 200 and remember the event as done: the provider stops retrying. Give a
    /// [dead-letter hook](super::ReceiverBuilder::dead_letter), or the event is gone. One that has no id where
    /// it should be is not remembered, since nothing names it: each copy is answered so.
    CompleteAsFailed,
}

/// What to do when the content of a done event comes again under another, unsigned id, or without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnReplay {
    /// Answer 200 and do not handle it.
    #[default]
    Acknowledge,
    /// Answer 409 and do not handle it.
    Refuse,
    /// Handle it: for providers that send genuine events with identical bytes, where their
    /// [scheme](crate::scheme::Scheme::repeats) does not say so. Whoever captured a delivery can then send it again.
    Handle,
}

/// The answer to a duplicate of an event that is being handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunningAnswer {
    /// 503 with `Retry-After`.
    #[default]
    ServiceUnavailable,
    /// 409 with `Retry-After`.
    Conflict,
}

/// The answer to a duplicate of an event that was handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DoneAnswer {
    /// 200.
    #[default]
    Ok,
    /// The 2xx status that the handler answered with; 200 for an event that was given up. Where the provider insists
    /// on an acknowledgment of its own, it is that.
    Remembered,
}

/// What the [dead-letter hook](super::ReceiverBuilder::dead_letter) is called with: an event that was not handled.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetter<'a> {
    pub(super) delivery: &'a Delivery,
    pub(super) is_given_up: bool,
}

impl<'a> DeadLetter<'a> {
    /// The delivery that it came with.
    pub const fn delivery(&self) -> &'a Delivery {
        self.delivery
    }

    /// Whether the event is given up: remembered as done, so that no further delivery of it is handled. If not, it did
    /// not decode and is released: it comes again when the provider retries, so whoever handles it from here, too,
    /// handles it twice.
    pub const fn is_given_up(&self) -> bool {
        self.is_given_up
    }
}

/// How a claim ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settlement {
    /// The event is done.
    Complete,
    /// The next delivery may try.
    Release,
    /// The event is given up: remembered as done, with its status.
    CompleteAsFailed,
}

/// What a handler answered, as far as the decision goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    pub(crate) status: u16,
    pub(crate) permanent: bool,
    pub(crate) undecodable: bool,
}

impl Report {
    /// A handler that answered with this HTTP status.
    pub const fn new(status: u16) -> Self {
        Self { status, permanent: false, undecodable: false }
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Whether the handler said that trying again is of no use.
    pub const fn is_permanent(&self) -> bool {
        self.permanent
    }
}

/// Put this into a response's extensions to say that trying again is of no use: the event is settled
/// as [`OnClientError`] says, whatever the status. With a 2xx, after which no provider tries again, it is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permanent;

/// Put this into the extensions of a 4xx (but 408, 425 and 429) to say that the payload does not fit: the event is
/// settled as [`OnUndecodable`] says. For services that read events without the extractors, which tell by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undecodable;

pub(crate) type Classifier = Arc<dyn Fn(&Report) -> Settlement + Send + Sync>;
pub(crate) type Filter = Arc<dyn Fn(Option<&str>) -> bool + Send + Sync>;
pub(crate) type DeadLetterHook = Arc<dyn Fn(&DeadLetter<'_>) + Send + Sync>;
pub(crate) type SecretSink = Arc<dyn Fn(Secret) + Send + Sync>;

pub(crate) struct Policy {
    pub(crate) inline: bool,
    pub(crate) body_limit: usize,
    pub(crate) body_deadline: Duration,
    pub(crate) lease: Duration,
    pub(crate) retention: Retention,
    pub(crate) handler_timeout: Option<Duration>,
    pub(crate) max_in_flight: usize,
    pub(crate) max_attempts: Option<u32>,
    pub(crate) wait_for_running: Duration,
    pub(crate) settle_retries: Duration,
    pub(crate) on_running: RunningAnswer,
    pub(crate) on_done: DoneAnswer,
    pub(crate) on_outage: OnStoreOutage,
    pub(crate) on_client_error: OnClientError,
    pub(crate) on_undecodable: OnUndecodable,
    pub(crate) on_replay: OnReplay,
    pub(crate) strict_ids: bool,
    pub(crate) classifier: Option<Classifier>,
    pub(crate) filter: Option<Filter>,
    pub(crate) dead_letter: Option<DeadLetterHook>,
    pub(crate) secret_sink: Option<SecretSink>,
}

impl Policy {
    /// Whether each setting makes sense, for deliveries of this scheme.
    pub(super) fn check(&self, scheme: &Scheme) -> Result<(), ConfigError> {
        let counts = [
            ("body_limit", self.body_limit == 0),
            ("max_in_flight", self.max_in_flight == 0),
            ("max_attempts", self.max_attempts == Some(0)),
        ];
        if let Some((setting, _)) = counts.into_iter().find(|(_, zero)| *zero) {
            return Err(ConfigError::Zero { setting });
        }
        duration("body_deadline", self.body_deadline)?;
        duration("lease", self.lease)?;
        duration("settle_retries", self.settle_retries)?;
        self.handler_timeout.map_or(Ok(()), |limit| duration("handler_timeout", limit))?;
        if self.wait_for_running > LONGEST {
            return Err(ConfigError::BadDuration {
                setting: "wait_for_running",
                given: self.wait_for_running,
            });
        }
        if self.filter.is_some() && scheme.event_type.is_none() && !scheme.has_typed_items() {
            return Err(ConfigError::Contradiction {
                problem: "it chooses by event type, and the scheme has none",
            });
        }
        Ok(())
    }

    /// What a receiver that only verifies cannot keep of this.
    pub(super) fn unkept(&self, has_store: bool) -> Option<&'static str> {
        let promises = [
            (has_store, "it only verifies, and has a store"),
            (self.max_attempts.is_some(), "it only verifies, and has max_attempts, which nothing counts"),
            (self.strict_ids, "it only verifies, and has strict_ids, which nothing remembers"),
            (self.on_replay == OnReplay::Refuse, "it only verifies, and has on_replay, which nothing tells"),
        ];
        promises.into_iter().find_map(|(promised, problem)| promised.then_some(problem))
    }

    /// Whether any event of a delivery is to be handled. Where there is no list of them, its handler says so.
    pub(crate) fn wants_any(&self, delivery: &Delivery, scheme: &Scheme) -> bool {
        match self.filter.is_some() && scheme.has_typed_items() {
            true => delivery.items().map_or(true, |items| items.iter().any(|item| self.wants(item))),
            false => self.wants(delivery),
        }
    }

    /// Whether events of this one's type are to be handled.
    pub(crate) fn wants(&self, event: &Delivery) -> bool {
        self.filter.as_ref().is_none_or(|wants| wants(event.event_type().map(AsRef::as_ref)))
    }

    /// How the claim of an event ends whose handler answered like this: rows 9 to 11 and 15 of the
    /// decision table.
    pub(crate) fn settlement(&self, report: &Report) -> Settlement {
        if report.undecodable {
            return match self.on_undecodable {
                OnUndecodable::Release => Settlement::Release,
                OnUndecodable::CompleteAsFailed => Settlement::CompleteAsFailed,
            };
        }
        if let Some(classifier) = &self.classifier {
            return classifier(report);
        }
        let client_error = match self.on_client_error {
            OnClientError::Release => Settlement::Release,
            OnClientError::CompleteAsFailed => Settlement::CompleteAsFailed,
        };
        match report.status {
            // The provider will not send it again.
            200..=299 if report.permanent => Settlement::CompleteAsFailed,
            200..=299 => Settlement::Complete,
            _ if report.permanent => client_error,
            status if is_client_error(status) => client_error,
            _ => Settlement::Release,
        }
    }
}

/// Durations are at least a millisecond and less than for ever.
pub(super) fn duration(setting: &'static str, given: Duration) -> Result<(), ConfigError> {
    match given >= Duration::from_millis(1) && given <= LONGEST {
        true => Ok(()),
        false => Err(ConfigError::BadDuration { setting, given }),
    }
}

/// Whether a handler says by this status that it does not like the event: a 4xx, but those that ask for another
/// try.
pub(super) const fn is_client_error(status: u16) -> bool {
    matches!(status, 400..=499) && !matches!(status, 408 | 425 | 429)
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("inline", &self.inline)
            .field("body_limit", &self.body_limit)
            .field("lease", &self.lease)
            .field("retention", &self.retention)
            .finish_non_exhaustive()
    }
}

impl Default for Policy {
    fn default() -> Self {
        let week = Duration::from_secs(7 * 24 * 60 * 60);
        Self {
            inline: false,
            body_limit: 1024 * 1024,
            body_deadline: Duration::from_secs(10),
            lease: Duration::from_secs(60),
            retention: Retention::new(week, Duration::ZERO),
            handler_timeout: None,
            max_in_flight: usize::MAX,
            max_attempts: None,
            wait_for_running: Duration::ZERO,
            settle_retries: Duration::from_secs(60),
            on_running: RunningAnswer::default(),
            on_done: DoneAnswer::default(),
            on_outage: OnStoreOutage::default(),
            on_client_error: OnClientError::default(),
            on_undecodable: OnUndecodable::default(),
            on_replay: OnReplay::default(),
            strict_ids: false,
            classifier: None,
            filter: None,
            dead_letter: None,
            secret_sink: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_success_is_remembered_by_default() {
        let policy = Policy::default();
        for status in 100..600 {
            let want = if (200..300).contains(&status) { Settlement::Complete } else { Settlement::Release };
            assert_eq!(policy.settlement(&Report::new(status)), want, "{status}");
        }
    }

    #[test]
    fn client_errors_may_be_given_up_and_retryable_ones_never() {
        let policy = Policy { on_client_error: OnClientError::CompleteAsFailed, ..Policy::default() };
        for (status, want) in [
            (200, Settlement::Complete),
            (302, Settlement::Release),
            (404, Settlement::CompleteAsFailed),
            (408, Settlement::Release),
            (425, Settlement::Release),
            (429, Settlement::Release),
            (500, Settlement::Release),
        ] {
            assert_eq!(policy.settlement(&Report::new(status)), want, "{status}");
        }
        let permanent = Report { permanent: true, ..Report::new(500) };
        assert_eq!(policy.settlement(&permanent), Settlement::CompleteAsFailed);

        let policy = Policy::default();
        assert_eq!(policy.settlement(&permanent), Settlement::Release);
        let told_success = Report { permanent: true, ..Report::new(200) };
        assert_eq!(policy.settlement(&told_success), Settlement::CompleteAsFailed, "nobody sends it again");
    }

    #[test]
    fn a_classifier_replaces_the_rule_but_not_for_what_does_not_decode() {
        let policy =
            Policy { classifier: Some(Arc::new(|_| Settlement::CompleteAsFailed)), ..Policy::default() };
        assert_eq!(policy.settlement(&Report::new(500)), Settlement::CompleteAsFailed);
        let undecodable = Report { undecodable: true, ..Report::new(422) };
        assert_eq!(policy.settlement(&undecodable), Settlement::Release);
    }
}
