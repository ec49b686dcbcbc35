//! What users put into state and across threads stays `Send` and `Sync`.

use hookgate::{
    Answer, Cancellation, ConfigError, Delivery, DynStore, EventError, EventId, EventType, Receiver,
    ReceiverBuilder, Secret, StoreError, Tenants, Verifier, VerifyError, WebhookLayer,
    axum::{Event, EventRejection},
    providers::Stripe,
    receiver::BodyRoom,
    store::{EventKey, MemoryStore},
    tower::{GateBody, ResponseFuture, VerifiedBody, WebhookService},
};

#[test]
fn public_types_cross_threads() {
    fn both<T: Send + Sync>() {}
    fn send<T: Send>() {}
    both::<Receiver<Stripe>>();
    both::<Verifier>();
    both::<Delivery>();
    both::<Answer>();
    both::<Cancellation>();
    both::<DynStore>();
    both::<MemoryStore>();
    both::<EventKey>();
    both::<EventId>();
    both::<EventType>();
    both::<Secret>();
    both::<Tenants>();
    both::<BodyRoom>();
    both::<WebhookLayer<Stripe>>();
    both::<WebhookService<Stripe, ()>>();
    both::<VerifiedBody>();
    both::<GateBody<()>>();
    both::<Event<()>>();
    both::<EventRejection>();
    both::<ConfigError>();
    both::<VerifyError>();
    both::<StoreError>();
    both::<EventError>();
    send::<ReceiverBuilder<Stripe>>();
    send::<ResponseFuture<(), ()>>();
}

#[test]
fn errors_are_errors() {
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<ConfigError>();
    error::<VerifyError>();
    error::<StoreError>();
    error::<EventError>();
    error::<EventRejection>();
}
