//! Rows 2, 13 and 14: our own faults.

use hookgate::{StoreErrorKind, receiver::OnStoreOutage, testing::Op};

use super::{Case, Expect, Step, busy, ok, sent};
use crate::world::World;

pub fn all() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        ("STO-04", StoreErrorKind::Unavailable, "store_unavailable"),
        ("STO-05", StoreErrorKind::TimedOut, "store_timed_out"),
        ("STO-07", StoreErrorKind::Full, "store_full"),
        ("STO-12", StoreErrorKind::Corrupt, "store_corrupt"),
    ]
    .into_iter()
    .map(|(attack, kind, why)| {
        Case::new(format!("{attack} a claim fails: {why}"), World::stripe)
            .step(Step::Fault(Op::Claim, kind))
            .send(sent(), busy())
            .step(Step::Heal(Op::Claim))
            .send(sent(), ok())
            .ends(1, &[("refused", why, 1), ("handled", "", 1)])
    })
    .collect();
    cases.extend([
        Case::new("a claim fails, run unchecked", |world| {
            world.stripe().on_store_outage(OnStoreOutage::RunUnchecked)
        })
        .step(Step::Fault(Op::Claim, StoreErrorKind::Unavailable))
        .send(sent(), ok())
        .send(sent(), ok())
        .ends(2, &[("unchecked", "unchecked", 2)]),
        Case::new("a claim fails, fall back to memory", |world| {
            world.stripe().on_store_outage(OnStoreOutage::FallBackToMemory)
        })
        .step(Step::Fault(Op::Claim, StoreErrorKind::TimedOut))
        .send(sent(), ok())
        .send(sent(), Expect::Gate(200))
        .ends(1, &[("handled", "fallback", 1), ("done", "fallback", 1)]),
        Case::new("STO-06 a completion fails", World::stripe)
            .step(Step::Fault(Op::Complete, StoreErrorKind::Unavailable))
            .send(sent(), ok())
            .send(sent(), busy())
            .step(Step::Heal(Op::Complete))
            .step(Step::Idle)
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("unsettled", "", 1), ("running", "", 1), ("done", "", 1)]),
    ]);
    cases
}
