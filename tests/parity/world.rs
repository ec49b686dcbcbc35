//! What a case happens in: clock, store, counted effects, and what was sent and answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use hookgate::{
    Custom, Delivery, Provider, Receiver, ReceiverBuilder,
    providers::{GitHub, StandardWebhooks, Stripe},
    scheme::Scheme,
    store::MemoryStore,
    testing::{FaultyStore, ManualClock},
};
use tokio::sync::Notify;

use crate::support::{Effects, NOW, SECRET};

/// What the handler behind the gate does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Handler {
    /// Answers 200.
    Count,
    /// Takes so many milliseconds.
    Slow(u64),
    /// Answers this status.
    Status(u16),
    /// Fails its first runs, so many, then succeeds.
    FailFirst(usize),
    /// Panics in its first run, then succeeds.
    PanicFirst,
    /// Answers with the body it got.
    Echo,
    /// Answers with the attempt number.
    Attempt,
    /// Fails, and from this attempt on says that it is of no use. Answers with the attempt number.
    GiveUpAt(u32),
    /// Waits in its first run until it is let go on, then succeeds.
    FirstWaits,
    /// Wants a [`Payment`].
    Typed,
    /// Wants a [`Payment`], and answers this status itself to what is none.
    Lenient(u16),
    /// The same, and the answer says that it is none.
    Marked(u16),
    /// Wants a [`Payment`] or anything, and answers 404 to anything else.
    SecondChoice,
    /// The same the other way round: it has what it wants when it asks for a [`Payment`].
    FirstChoice,
}

#[derive(serde::Deserialize)]
pub struct Payment {
    pub amount: u64,
}

pub struct World {
    pub clock: ManualClock,
    pub store: FaultyStore<MemoryStore>,
    pub effects: Effects,
    /// How often the hook for dead letters was called.
    pub letters: Arc<AtomicUsize>,
    /// Lets the handler that waits go on.
    pub go_on: Notify,
    paid: AtomicUsize,
}

impl World {
    pub fn new() -> Arc<Self> {
        let clock = ManualClock::new(NOW);
        let memory = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
        let (store, effects) = (FaultyStore::new(memory), Effects::default());
        let (letters, go_on, paid) = (Arc::default(), Notify::new(), AtomicUsize::new(0));
        Arc::new(Self { clock, store, effects, letters, go_on, paid })
    }

    pub fn of(&self, scheme: Scheme) -> ReceiverBuilder<Custom> {
        Receiver::builder_for(scheme).clock(self.clock.clone()).store(self.store.clone())
    }

    pub fn stripe(&self) -> ReceiverBuilder<Custom> {
        self.of(Stripe::SCHEME).secret(SECRET)
    }

    /// With a hook that counts dead letters.
    pub fn stripe_with_letters(&self) -> ReceiverBuilder<Custom> {
        let letters = Arc::clone(&self.letters);
        self.stripe().dead_letter(move |_| {
            letters.fetch_add(1, SeqCst);
        })
    }

    pub fn github(&self) -> ReceiverBuilder<Custom> {
        self.of(GitHub::SCHEME).secret(SECRET)
    }

    pub fn standard(&self) -> ReceiverBuilder<Custom> {
        self.of(StandardWebhooks::SCHEME).secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    }

    /// How often the handler ran.
    pub fn runs(&self) -> usize {
        self.effects.runs() + self.paid.load(SeqCst)
    }

    pub async fn pay(&self, payment: &Payment) -> (u16, Bytes) {
        self.paid.fetch_add(1, SeqCst);
        (200, Bytes::from(payment.amount.to_string()))
    }

    pub async fn handle(&self, handler: Handler, delivery: &Delivery, body: Bytes) -> (u16, Bytes) {
        assert_eq!(body, *delivery.body(), "the handler reads the bytes that were verified");
        let takes = match handler {
            Handler::Slow(millis) => Duration::from_millis(millis),
            _ => Duration::ZERO,
        };
        let run = self.effects.run(takes).await;
        let attempt = delivery.attempt().unwrap_or(0);
        if (handler, run) == (Handler::FirstWaits, 1) {
            self.go_on.notified().await;
        }
        match handler {
            Handler::Count | Handler::Slow(_) | Handler::FirstWaits | Handler::Typed => (200, Bytes::new()),
            Handler::Status(status) | Handler::Lenient(status) | Handler::Marked(status) => {
                (status, Bytes::new())
            }
            Handler::SecondChoice | Handler::FirstChoice => (404, Bytes::new()),
            Handler::FailFirst(runs) if run <= runs => (500, Bytes::from_static(b"failed")),
            Handler::PanicFirst if run == 1 => panic!("a secret that nobody must see"),
            Handler::FailFirst(_) | Handler::PanicFirst => (200, Bytes::new()),
            Handler::Echo => (200, body),
            Handler::Attempt => (200, Bytes::from(attempt.to_string())),
            Handler::GiveUpAt(last) => {
                (if attempt < last { 500 } else { 422 }, Bytes::from(attempt.to_string()))
            }
        }
    }
}
