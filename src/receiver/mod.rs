//! Verify → claim → handle → settle: the one orchestration, which every door carries and which knows
//! no framework.
//!
//! A [`Receiver`] is a verifier, a store and the decisions of its owner. Build it once per endpoint
//! and give it to a door: `WebhookLayer`, or `actix::Webhook`.

mod answer;
mod batch;
mod builder;
mod cancellation;
mod catch_unwind;
mod challenge;
mod claim;
mod driving;
#[cfg(any(feature = "axum", feature = "actix"))]
mod extracted;
#[cfg(feature = "keys")]
mod fetched;
mod held;
#[cfg(feature = "fetch")]
mod http_keys;
mod intake;
mod keys;
mod lifecycle;
mod policy;
mod rejection;
mod room;
mod run;
#[cfg(feature = "tenants")]
mod tenants;
#[cfg(any(feature = "tenants", feature = "keys"))]
mod ttl;
mod verdict;

use std::{fmt, marker::PhantomData, mem, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_core::Stream;

pub(crate) use self::answer::Spoken;
#[cfg(any(feature = "axum", feature = "actix"))]
pub(crate) use self::extracted::proven;
#[cfg(feature = "keys")]
pub use self::fetched::{FetchedKeys, KeySource};
#[cfg(feature = "fetch")]
pub use self::http_keys::HttpKeys;
pub(crate) use self::run::{Driven, Run};
#[cfg(feature = "tenants")]
pub use self::tenants::Tenants;
pub use self::{
    answer::{Answer, Disposition},
    batch::{Batch, BatchOutcome},
    builder::ReceiverBuilder,
    cancellation::Cancellation,
    policy::{
        DeadLetter, DoneAnswer, OnClientError, OnReplay, OnStoreOutage, OnUndecodable, Permanent, Report,
        RunningAnswer, Settlement, Undecodable,
    },
    rejection::{EventRejection, MissingGate},
    room::BodyRoom,
};
use self::{catch_unwind::CatchUnwind, claim::Admitted, keys::Keys, lifecycle::Lifecycle, policy::Policy};
use crate::{
    clock::Clock,
    delivery::{Delivery, EventId},
    error::{Reason, StoreError},
    headers::Head,
    providers::Provider,
    scheme::{Handshake, Scheme},
    store::{DynStore, EventKey, Scope, Store},
    telemetry,
    verify::Rules,
};

/// The provider of a scheme made at run time.
#[derive(Clone, Copy, Debug)]
pub enum Custom {}

/// Verifies deliveries of the provider `P`, makes sure that each event is handled once, and settles
/// by the handler's answer. Cloning it shares everything.
///
/// ```
/// use hookgate::{Receiver, providers::Stripe};
///
/// // Memory store, five minutes of tolerance, 1 MiB of body, leases of a minute.
/// let stripe = Receiver::<Stripe>::builder().secret("whsec_test_0123456789abcdef0123456789abcdef").build()?;
/// # Ok::<(), hookgate::ConfigError>(())
/// ```
///
/// # What it guarantees
///
/// At most one handler at a time per event, and no handler again after one succeeded within the
/// retention time, as long as the store keeps its data and the handler ends or renews within its
/// lease. An event whose handler failed or died is handled again when the provider retries.
///
/// That is at-least-once with the duplicates taken out. It is not exactly-once: a handler that dies
/// after its side effect but before settling runs again. Use the event id and the
/// [attempt](Delivery::attempt) to make your own effects idempotent.
pub struct Receiver<P = Custom> {
    inner: Arc<Inner>,
    provider: PhantomData<fn() -> P>,
}

struct Inner {
    name: String,
    scope: Scope,
    rules: Arc<Rules>,
    keys: Keys,
    /// None where the receiver only verifies.
    store: Option<DynStore>,
    fallback: Option<DynStore>,
    clock: Box<dyn Clock>,
    room: BodyRoom,
    policy: Policy,
    lifecycle: Lifecycle,
}

impl<P: Provider> Receiver<P> {
    /// A builder for deliveries of this provider.
    pub fn builder() -> ReceiverBuilder<P> {
        ReceiverBuilder::new(P::SCHEME)
    }
}

impl Receiver<Custom> {
    /// A builder for deliveries of a scheme made at run time.
    pub fn builder_for(scheme: Scheme) -> ReceiverBuilder<Custom> {
        ReceiverBuilder::new(scheme)
    }
}

impl<P> Receiver<P> {
    /// The name under which events are kept apart from other receivers'. Default: the provider's.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Makes the store treat an event as not handled, so that a manual redelivery is handled again: a delivery, or
    /// one event of a [`Batch`]. A list that was done is done as a whole: it has an id of its own, or its content,
    /// and a forgotten event runs when it comes in another one.
    ///
    /// # Errors
    ///
    /// The store cannot answer.
    pub async fn forget(&self, id: &EventId) -> Result<(), StoreError> {
        self.forget_of(None, id).await
    }

    /// [`forget`](Self::forget) for an event of one tenant.
    ///
    /// # Errors
    ///
    /// The store cannot answer.
    pub async fn forget_of(&self, tenant: Option<&str>, id: &EventId) -> Result<(), StoreError> {
        let scope = self.inner.scope(tenant);
        let items = self.inner.rules.scheme.batch.map(|_| scope.of_items());
        for scope in std::iter::once(scope).chain(items) {
            let key = EventKey::of_id(scope, id.clone());
            // The fallback first: it always answers.
            for store in self.inner.fallback.iter().chain(&self.inner.store) {
                telemetry::timed("forget", store.forget(&key)).await?;
            }
        }
        Ok(())
    }

    /// The number of events being handled or settled right now.
    pub fn in_flight(&self) -> usize {
        self.inner.lifecycle.running()
    }

    /// Ends this receiver and all its clones: new events are answered 503, running handlers get
    /// `grace` to end; those still running then are dropped and their claims released. Returns how
    /// many were dropped. One that never yields cannot be, and a success that the store could not be told
    /// yet need not be: both are still [in flight](Self::in_flight).
    ///
    /// Handlers that run on their own task outlive their connections, and the server's own shutdown does not
    /// wait for them. Call this before it: a worker of actix-web takes its handlers along. Where the runtime
    /// outlives the server (axum), beside it or right after will do.
    pub async fn shutdown(&self, grace: Duration) -> usize {
        self.inner.lifecycle.shut_down(grace).await
    }

    /// Verifies a request and decides whether it is to be handled: the run of its handler, or else
    /// what is answered. Every end is counted; a panic in one of the user's hooks is one.
    #[allow(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice")]
    pub(crate) fn accept<B, E>(
        self,
        head: &Head<'_>,
        body: Pin<&mut B>,
    ) -> impl Future<Output = Result<Run, Spoken>>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        async move {
            let accepted = CatchUnwind::new(self.inner.try_accept(head, body)).await;
            let (delivery, admitted) = accepted.unwrap_or_else(|| {
                let answer = Answer::panicked();
                self.inner.record(&answer, None);
                Err(answer.into())
            })?;
            let run = Run::new(self.inner, delivery, admitted);
            match run.is_exhausted() {
                true => {
                    let given_up = Box::pin(CatchUnwind::new(run.give_up())).await;
                    Err(given_up.unwrap_or_else(Answer::panicked).into())
                }
                false => Ok(run),
            }
        }
    }
}

impl Inner {
    /// A delivery that is to be handled and the right to it, or else what is answered.
    #[allow(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice")]
    fn try_accept<B, E>(
        &self,
        head: &Head<'_>,
        mut body: Pin<&mut B>,
    ) -> impl Future<Output = Result<(Box<Delivery>, Admitted), Spoken>>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        async move {
            let may_be_challenge = !self.rules.scheme.handshakes.is_empty();
            if may_be_challenge && let Some(spoken) = self.open_challenge(head, &[]) {
                return Err(spoken);
            }
            let verifying = telemetry::Verifying::begin(self.rules.scheme.name);
            let verified = self.verify(head, body.as_mut()).await;
            verifying.end();
            let mut delivery = match verified {
                Ok(delivery) => delivery,
                Err(reason) => {
                    // Some challenges come without a signature, and are told by their body. Of no other scheme is
                    // the body of a request without one read.
                    let told_by_body = |handshake: &Handshake| handshake.is_told_by_body();
                    if reason == Reason::SignatureMissing
                        && self.rules.scheme.handshakes.iter().any(told_by_body)
                    {
                        let body = Box::pin(self.collect(head, body)).await;
                        let spoken = body.and_then(|body| self.open_challenge(head, &body));
                        if let Some(spoken) = spoken {
                            return Err(spoken);
                        }
                    }
                    let answer = Answer::to_reason(reason, self.rules.scheme.methods);
                    self.record(&answer, None);
                    return Err(answer.into());
                }
            };
            if may_be_challenge && let Some(spoken) = self.signed_challenge(head, &delivery) {
                return Err(spoken);
            }
            telemetry::verified(&delivery);
            let hung_up = HungUp(self);
            let admitted = self.admit(&mut delivery).await;
            mem::forget(hung_up);
            let admitted = match admitted {
                Ok(admitted) => admitted,
                Err(answer) => {
                    self.record(&answer, Some(&delivery));
                    return Err(answer.into());
                }
            };
            Ok((delivery, admitted))
        }
    }

    fn record(&self, answer: &Answer, delivery: Option<&Delivery>) {
        telemetry::answered(
            self.rules.scheme.name,
            answer.disposition().as_str(),
            answer.why(),
            answer.status(),
            delivery,
        );
    }
}

/// The sender of an authentic delivery went away while its claim was asked for: that is an end like others.
struct HungUp<'a>(&'a Inner);

impl Drop for HungUp<'_> {
    fn drop(&mut self) {
        // What panics has its own.
        if !std::thread::panicking() {
            self.0.record(&Answer::new(503, Disposition::Refused).because("hung_up"), None);
        }
    }
}

impl<P> Clone for Receiver<P> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), provider: PhantomData }
    }
}

impl<P> fmt::Debug for Receiver<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("name", &self.inner.name)
            .field("provider", &self.inner.rules.scheme.name)
            .field("policy", &self.inner.policy)
            .finish_non_exhaustive()
    }
}
