//! Builds a [`Receiver`].

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use super::{
    BodyRoom, DeadLetter, DoneAnswer, Inner, OnClientError, OnReplay, OnStoreOutage, OnUndecodable, Receiver,
    Report, RunningAnswer, Settlement,
    keys::Keys,
    lifecycle::Lifecycle,
    policy::{Policy, duration},
};
use crate::{
    clock::{Clock, SystemClock},
    error::ConfigError,
    scheme::Scheme,
    secret::Secret,
    store::{DynStore, Retention, Scope, Store},
    verify::{Rules, Verifier, VerifierBuilder},
};

/// Builds a [`Receiver`]. Only secrets are needed; everything else has a default.
pub struct ReceiverBuilder<P> {
    verifier: VerifierBuilder,
    #[cfg(feature = "tenants")]
    tenants: Option<super::Tenants>,
    #[cfg(feature = "keys")]
    fetched: Option<super::FetchedKeys>,
    name: Option<String>,
    store: Option<DynStore>,
    clock: Box<dyn Clock>,
    room: BodyRoom,
    retention: Option<Duration>,
    verify_only: bool,
    policy: Policy,
    provider: PhantomData<fn() -> P>,
}

impl<P> ReceiverBuilder<P> {
    pub(super) fn new(scheme: Scheme) -> Self {
        Self {
            verifier: Verifier::builder_for(scheme),
            #[cfg(feature = "tenants")]
            tenants: None,
            #[cfg(feature = "keys")]
            fetched: None,
            name: None,
            store: None,
            clock: Box::new(SystemClock::default()),
            room: BodyRoom::process(),
            retention: None,
            verify_only: false,
            policy: Policy::default(),
            provider: PhantomData,
        }
    }

    fn verifier(mut self, change: impl FnOnce(VerifierBuilder) -> VerifierBuilder) -> Self {
        self.verifier = change(self.verifier);
        self
    }

    /// A secret, as the provider shows it. Call it again for each further one: up to four, all of
    /// them tried.
    #[must_use]
    pub fn secret(self, secret: impl Into<Secret>) -> Self {
        self.verifier(|verifier| verifier.secret(secret))
    }

    /// A public key of the provider, for schemes that sign with a private one: PEM (a key or a certificate),
    /// a JSON web key, or the bytes in hex or base64, as the provider shows it. Up to four, in one list with
    /// the secrets.
    #[must_use]
    pub fn public_key(self, key: impl Into<Secret>) -> Self {
        self.verifier(|verifier| verifier.public_key(key))
    }

    /// Looks public keys up by the names that requests give, instead of having fixed ones.
    #[cfg(feature = "keys")]
    #[must_use]
    pub fn fetched_keys(mut self, keys: super::FetchedKeys) -> Self {
        self.fetched = Some(keys);
        self
    }

    /// Looks secrets up per tenant instead of having fixed ones.
    #[cfg(feature = "tenants")]
    #[must_use]
    pub fn tenants(mut self, tenants: super::Tenants) -> Self {
        self.tenants = Some(tenants);
        self
    }

    /// How far a timestamp may be from now, in both directions. Default: the scheme's, mostly five
    /// minutes.
    #[must_use]
    pub fn tolerance(self, tolerance: Duration) -> Self {
        self.verifier(|verifier| verifier.tolerance(tolerance))
    }

    /// Does not judge timestamps; see [`VerifierBuilder::dangerous_ignore_timestamp`].
    #[must_use]
    pub fn dangerous_ignore_timestamp(self) -> Self {
        self.verifier(VerifierBuilder::dangerous_ignore_timestamp)
    }

    /// Lets bodies with a `Content-Encoding` through, as they are on the wire. Default: 415. They are not looked into:
    /// where the id of an event, its list of events, or the type to choose [`only`](Self::only) some by is in the body,
    /// this is an error at [`build`](Self::build).
    #[must_use]
    pub fn allow_content_encoding(self) -> Self {
        self.verifier(VerifierBuilder::allow_content_encoding)
    }

    /// The origin (as in `https://hooks.example.com`) under which the provider knows this endpoint, for schemes that
    /// sign the URL. The path is the one that the layer sees: put it outside of what strips a prefix, such as
    /// `Router::nest`.
    #[must_use]
    pub fn public_url(self, origin: impl Into<String>) -> Self {
        self.verifier(|verifier| verifier.public_url(origin))
    }

    /// A value that the scheme signs and that the request does not carry.
    #[must_use]
    pub fn config(self, name: &'static str, value: impl Into<String>) -> Self {
        self.verifier(|verifier| verifier.config(name, value))
    }

    /// The name under which events are kept apart: two receivers of one provider on one store need
    /// two names, unless they are to share their events. Default: the provider's name.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// What remembers events. Default: a `MemoryStore` of its own.
    #[must_use]
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Some(DynStore::new(store));
        self
    }

    /// Only verifies: there is no store, and **every authentic delivery is handled, however often it
    /// comes**. Retries and captured deliveries run again, two at once where they come at once. For
    /// handlers that keep duplicates out by themselves, such as by a unique key in their own
    /// transaction. What needs a memory (a store, `max_attempts`, `strict_ids`, `OnReplay::Refuse`) is an error
    /// beside it.
    #[must_use]
    pub fn verify_only(mut self) -> Self {
        self.verify_only = true;
        self
    }

    /// Where time comes from that timestamps are judged by. Default: the operating system. No store
    /// follows it: leases and retention are on the store's own clock.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// The most bytes of a body. Default 1 MiB; more is answered 413.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.policy.body_limit = bytes;
        self
    }

    /// The time for reading a whole body. Default ten seconds; then 408.
    #[must_use]
    pub fn body_deadline(mut self, deadline: Duration) -> Self {
        self.policy.body_deadline = deadline;
        self
    }

    /// The room for body bytes of requests that are not authenticated yet. Default: 64 MiB that all
    /// receivers of this process share.
    #[must_use]
    pub fn body_room(mut self, room: BodyRoom) -> Self {
        self.room = room;
        self
    }

    /// How long a claim is held without a sign of life. While the handler runs it is renewed at a
    /// third of this, so it bounds how long an event waits after a crash, not how long a handler may
    /// take. Default one minute.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.policy.lease = lease;
        self
    }

    /// For how long done events are remembered. Default: seven days, or more where the provider
    /// retries for longer. Less than the provider's retry horizon or than twice the tolerance is an error at
    /// [`build`](Self::build).
    #[must_use]
    pub fn retention(mut self, retention: Duration) -> Self {
        self.retention = Some(retention);
        self
    }

    /// Runs handlers inside the request's future: a sender that hangs up then drops the handler in
    /// the middle, and the event is released. Default: on a task of their own, to their end. actix-web does not
    /// drop what handles a request over HTTP/1.1: there handlers end either way.
    #[must_use]
    pub fn inline(mut self) -> Self {
        self.policy.inline = true;
        self
    }

    /// Drops a handler that runs for longer and answers 503; the next delivery may try. Default:
    /// none.
    #[must_use]
    pub fn handler_timeout(mut self, limit: Duration) -> Self {
        self.policy.handler_timeout = Some(limit);
        self
    }

    /// The most events at once of this receiver, each from before its claim to its settlement; a duplicate
    /// that [waits](Self::wait_for_running) counts too. More are answered 503 with `Retry-After`, before the
    /// store is asked. Default: no bound.
    #[must_use]
    pub fn max_in_flight(mut self, events: usize) -> Self {
        self.policy.max_in_flight = events;
        self
    }

    /// Gives an event up whose handler failed, panicked or took too long so many times: it goes to the
    /// [dead-letter hook](Self::dead_letter), is remembered as done, and is answered 200, so that the provider
    /// stops retrying. Give a hook, or the event is gone. Default: none, an event may fail for as long as the
    /// provider retries.
    ///
    /// All attempts count that a store knows of: those whose process died, those under an earlier configuration, and
    /// those that an [`inline`](Self::inline) sender cut short. An event that has more of them already than are allowed
    /// is given up without another run. So set this, or lower it, while nothing is failing.
    ///
    /// Of a provider that sends several events at once ([`Batch`](super::Batch)) it is the list that is given up, and
    /// only after a failure that was seen: not for processes that died alone, and not for events that are being handled
    /// in another list. Both count as attempts.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.policy.max_attempts = Some(attempts);
        self
    }

    /// How long a duplicate waits for the event that is being handled, before it is answered as
    /// [`on_running`](Self::on_running) says. Default: not at all.
    #[must_use]
    pub fn wait_for_running(mut self, most: Duration) -> Self {
        self.policy.wait_for_running = most;
        self
    }

    /// For how long a success that the store could not be told is tried again in the background.
    /// Default one minute.
    #[must_use]
    pub fn settle_retries(mut self, most: Duration) -> Self {
        self.policy.settle_retries = most;
        self
    }

    /// The answer to a duplicate of a running event. Default 503.
    #[must_use]
    pub fn on_running(mut self, answer: RunningAnswer) -> Self {
        self.policy.on_running = answer;
        self
    }

    /// The answer to a duplicate of a done event. Default 200.
    #[must_use]
    pub fn on_done(mut self, answer: DoneAnswer) -> Self {
        self.policy.on_done = answer;
        self
    }

    /// What to do with new events while the store cannot be reached. Default: refuse them.
    #[must_use]
    pub fn on_store_outage(mut self, policy: OnStoreOutage) -> Self {
        self.policy.on_outage = policy;
        self
    }

    /// What to do when the handler answers 4xx (but for 408, 425 and 429). Default: release.
    #[must_use]
    pub fn on_client_error(mut self, policy: OnClientError) -> Self {
        self.policy.on_client_error = policy;
        self
    }

    /// What to do with payloads that do not fit the handler's type. Default: release, 422.
    #[must_use]
    pub fn on_undecodable(mut self, policy: OnUndecodable) -> Self {
        self.policy.on_undecodable = policy;
        self
    }

    /// What to do with known content under another, unsigned id, or without one. Default: acknowledge, not handle.
    #[must_use]
    pub fn on_replay(mut self, policy: OnReplay) -> Self {
        self.policy.on_replay = policy;
        self
    }

    /// Answers 409 where the id of a done event comes back with another body. Default: 200, logged
    /// and counted as `mismatch`. Never handled either way.
    #[must_use]
    pub fn strict_ids(mut self) -> Self {
        self.policy.strict_ids = true;
        self
    }

    /// Decides how claims end by what the handler answered, instead of the default rule.
    #[must_use]
    pub fn classify(mut self, classify: impl Fn(&Report) -> Settlement + Send + Sync + 'static) -> Self {
        self.policy.classifier = Some(Arc::new(classify));
        self
    }

    /// Handles only events whose type this accepts; others are acknowledged with 204 and not
    /// remembered. Where the events of a list have types of their own, a [`Batch`](super::Batch) has only
    /// those that this accepts, and a list without any is acknowledged; a handler that reads the list by
    /// itself gets all of it. A scheme without types is an error at [`build`](Self::build).
    #[must_use]
    pub fn only(mut self, wants: impl Fn(Option<&str>) -> bool + Send + Sync + 'static) -> Self {
        self.policy.filter = Some(Arc::new(wants));
        self
    }

    /// Is called with each delivery that does not decode, each time it comes, and with each event that is given up
    /// (the [letter](DeadLetter::is_given_up) says which): after its
    /// [last attempt](Self::max_attempts), by `CompleteAsFailed`, or since it is
    /// [`Permanent`](super::Permanent). It must not block. It runs before the event is remembered and the sender
    /// answered; where it panics, the event is released.
    #[must_use]
    pub fn dead_letter(mut self, hook: impl Fn(&DeadLetter<'_>) + Send + Sync + 'static) -> Self {
        self.policy.dead_letter = Some(Arc::new(hook));
        self
    }

    /// The scheme made ready, and whose keys it is verified with.
    fn keys(&mut self) -> Result<(Arc<Rules>, Keys), ConfigError> {
        let verifier = self.verifier.clone();
        #[cfg(all(feature = "keys", feature = "tenants"))]
        if self.fetched.is_some() && self.tenants.is_some() {
            return Err(ConfigError::Contradiction { problem: "it has both fetched keys and tenants" });
        }
        #[cfg(feature = "keys")]
        if let Some(fetched) = self.fetched.take() {
            if verifier.has_secrets() {
                return Err(ConfigError::Contradiction { problem: "it has both fixed and fetched keys" });
            }
            return Ok((Arc::new(verifier.rules()?), Keys::Fetched(Arc::new(fetched.prepare()?))));
        }
        #[cfg(feature = "tenants")]
        if let Some(tenants) = self.tenants.take() {
            if verifier.has_secrets() {
                return Err(ConfigError::Contradiction { problem: "it has both fixed secrets and tenants" });
            }
            let tenants = tenants.prepare(verifier.scheme())?;
            return Ok((Arc::new(verifier.rules()?), Keys::Tenants(Box::new(tenants))));
        }
        let (rules, ring) = verifier.build()?.parts();
        Ok((rules, Keys::Fixed(ring)))
    }

    /// Is called with the secret that a provider's challenge delivers, which is what its deliveries are signed
    /// with from then on: keep it where receivers are built from. Without a sink such challenges are refused.
    /// Anybody can send one, so accept it only while you set an endpoint up.
    #[must_use]
    pub fn secret_sink(mut self, sink: impl Fn(Secret) + Send + Sync + 'static) -> Self {
        self.policy.secret_sink = Some(Arc::new(sink));
        self
    }

    /// The receiver.
    ///
    /// # Errors
    ///
    /// Without a usable secret, or where a setting contradicts another or the scheme.
    pub fn build(mut self) -> Result<Receiver<P>, ConfigError> {
        let (rules, keys) = self.keys()?;
        self.policy.check(&rules.scheme)?;
        let (names, types) = (!self.verify_only, self.policy.filter.is_some());
        if rules.any_content_encoding && rules.scheme.is_read_from_body(names, types) {
            return Err(ConfigError::Contradiction {
                problem: "it allows compressed bodies, and the scheme has the event's id or type in them",
            });
        }
        let replayable = rules.tolerance().unwrap_or_default().saturating_mul(2);
        let least = replayable.max(rules.scheme.retries_for);
        let keep = self.retention.unwrap_or(self.policy.retention.keep.max(least));
        duration("retention", keep)?;
        if keep < least {
            return Err(ConfigError::RetentionTooShort { given: keep, least });
        }
        self.policy.retention = Retention::new(keep, replayable);
        if let (true, Some(problem)) = (self.verify_only, self.policy.unkept(self.store.is_some())) {
            return Err(ConfigError::Contradiction { problem });
        }
        let store = match self.verify_only {
            true => None,
            false => Some(self.store.map_or_else(embedded, Ok)?),
        };
        let name = self.name.unwrap_or_else(|| rules.scheme.name.to_owned());
        Ok(Receiver {
            inner: Arc::new(Inner {
                scope: Scope::new(&name, rules.scheme.name, None),
                name,
                keys,
                store,
                fallback: match self.policy.on_outage {
                    OnStoreOutage::FallBackToMemory => Some(embedded()?),
                    _ => None,
                },
                clock: self.clock,
                room: self.room,
                policy: self.policy,
                lifecycle: Lifecycle::new(rules.scheme.name),
                rules,
            }),
            provider: PhantomData,
        })
    }
}

fn embedded() -> Result<DynStore, ConfigError> {
    #[cfg(feature = "memory")]
    return crate::store::MemoryStore::builder().build().map(DynStore::new);
    #[cfg(not(feature = "memory"))]
    Err(ConfigError::NoStore)
}

impl<P> fmt::Debug for ReceiverBuilder<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiverBuilder").field("policy", &self.policy).finish_non_exhaustive()
    }
}
