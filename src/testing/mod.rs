//! For tests: yours and ours. Feature `testing`.
//!
//! | item | for |
//! |---|---|
//! | [`Signer`] | signs deliveries of any scheme, so that handlers can be tested through the gate |
//! | [`ManualClock`] | a clock that is set by hand |
//! | [`store_contract`] | checks that a store of your own keeps the [`Store`](crate::Store) contract |
//! | [`store_model`] | compares a store, step by step, with a model of that contract |
//! | [`FaultyStore`] | a store that fails on demand |
//!
//! ```
//! use hookgate::{UnixTime, Verifier, providers::Stripe, testing::Signer};
//!
//! let secret = "whsec_test_0123456789abcdef0123456789abcdef";
//! let now = UnixTime::from_secs(1_700_000_000);
//! let request = Signer::new::<Stripe>(secret).at(now).sign(r#"{"id":"evt_1","type":"invoice.paid"}"#)?;
//!
//! let verifier = Verifier::builder::<Stripe>().secret(secret).build()?;
//! let delivery = verifier.verify(request.head(), request.body().clone(), now)?;
//! assert_eq!(delivery.id().map(|id| id.as_str()), Some("evt_1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod coded;
mod contract;
mod faults;
mod model;
mod places;
mod private;
mod signer;
mod times;

pub use self::{
    clock::ManualClock,
    contract::store_contract,
    faults::{FaultyStore, Op},
    model::store_model,
    signer::{SignedRequest, Signer},
};

/// The work that this thread has done so far: bytes hashed over message parts, and MACs started. Counted only in
/// builds with debug assertions.
#[doc(hidden)]
pub fn work() -> (u64, u64) {
    crate::crypto::meter::read()
}

#[cfg(all(test, feature = "receiver"))]
mod tests {
    use super::Signer;
    use crate::{UnixTime, Verifier, providers::Stripe, telemetry};

    #[test]
    fn a_body_is_not_looked_into_when_nobody_listens() {
        let (secret, now) = ("the endpoint's secret", UnixTime::from_secs(1_700_000_000));
        let signed =
            Signer::new::<Stripe>(secret).at(now).sign(r#"{"id":"evt_1","type":"x"}"#).expect("signed");
        let verifier = Verifier::builder::<Stripe>().secret(secret).build().expect("a verifier");
        let delivery = verifier.verify(signed.head(), signed.body().clone(), now).expect("authentic");
        drop(telemetry::handler(&delivery, std::future::ready(())));
        telemetry::answered("stripe", "handled", "", 200, Some(&delivery));
        assert!(delivery.in_body.get().is_none());
        assert!(delivery.event_type().is_some_and(|kind| kind == "x"));
    }
}
