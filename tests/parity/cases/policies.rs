//! What owners decide.

use std::{
    sync::atomic::{AtomicBool, Ordering::SeqCst},
    time::Duration,
};

use hookgate::{
    Clock, Provider, UnixTime,
    providers::{GitHub, Stripe},
    testing::ManualClock,
};

use super::{Case, Expect, event, ok, sent, without};
use crate::{
    support::{NOW, SECRET, github, wire},
    world::World,
};

/// A clock that panics when it is read for the first time.
struct Panics(AtomicBool);

impl Clock for Panics {
    fn now(&self) -> Option<UnixTime> {
        assert!(self.0.swap(true, SeqCst), "the clock panics");
        Some(NOW)
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

pub fn all() -> Vec<Case> {
    let verify_only = |_: &World| {
        let clock = ManualClock::new(NOW);
        hookgate::Receiver::builder_for(Stripe::SCHEME).secret(SECRET).clock(clock).verify_only()
    };
    let mut only = Case::new("verified, and nothing more", verify_only)
        .send(sent(), ok())
        .send(sent(), ok())
        .send(wire(&without(event(), "stripe-signature")), Expect::Gate(401))
        .ends(2, &[("verified", "", 2), ("rejected", "signature_missing", 1)]);
    only.store = false;
    let mut filtered = Case::new("an event of a type that is not wanted", |world| {
        world.stripe().only(|kind| kind != Some("invoice.paid"))
    })
    .send(sent(), Expect::Gate(204))
    .ends(0, &[("filtered", "", 1)]);
    filtered.store = false;
    vec![
        only,
        filtered,
        Case::new("LIF-04 a hook that panics", |world| world.stripe().only(|_| panic!("the filter panics")))
            .send(sent(), Expect::Gate(500))
            .ends(0, &[("refused", "panicked", 1)]),
        Case::new("LIF-04 a clock that panics, once", |world| {
            world.stripe().clock(Panics(AtomicBool::new(false)))
        })
        .send(sent(), Expect::Gate(500))
        .send(sent(), ok())
        .ends(1, &[("refused", "panicked", 1), ("handled", "", 1)]),
        Case::new("two secrets during a rotation", |world| {
            world.of(GitHub::SCHEME).secret("the new one, 0123456789abcdef").secret(SECRET)
        })
        .send(wire(&github("guid-1", "{}")), ok())
        .ends(1, &[("handled", "", 1)]),
    ]
}
