//! Rows 7 and 8, and what counts as the same event.

use std::time::Duration;

use hookgate::{
    Provider, UnixTime,
    providers::Linear,
    receiver::{DoneAnswer, OnReplay, RunningAnswer},
    testing::Signer,
};

use super::{Case, Expect, Step, aimed, busy, ok, sent, standard, with};
use crate::{
    support::{NOW, SECRET, github, stripe_at, wire},
    world::{Handler, World},
};

pub fn all() -> Vec<Case> {
    let at = |secs: i64| wire(&stripe_at("evt_1", UnixTime::from_secs(1_700_000_000 + secs)));
    let linear = |id: &str| {
        let signer = Signer::new::<Linear>(SECRET).at(NOW).id(id).target("/hooks");
        let body = r#"{"type":"Issue","action":"create","webhookTimestamp":1700000000000}"#;
        wire(&signer.sign(body).expect("a delivery"))
    };
    let renamed = |id: &str| wire(&with(github("guid-1", "{}"), "x-github-delivery", id));
    vec![
        Case::new("TIM-13 the same again, ten seconds later", World::stripe)
            .send(sent(), ok())
            .step(Step::Clock(10))
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("a retry that is signed anew", World::stripe)
            .send(sent(), ok())
            .step(Step::Clock(100))
            .send(at(100), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("the edges of the tolerance", World::stripe)
            .send(at(-300), ok())
            .send(at(300), Expect::Gate(200))
            .send(at(-301), Expect::Gate(401))
            .send(at(301), Expect::Gate(401))
            .ends(
                1,
                &[
                    ("handled", "", 1),
                    ("done", "", 1),
                    ("rejected", "too_old", 1),
                    ("rejected", "from_the_future", 1),
                ],
            ),
        Case::new("DED-03 captured bytes under another id", World::github)
            .send(renamed("guid-1"), ok())
            .send(renamed("guid-2"), Expect::Gate(200))
            .send(renamed("guid-1"), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("replayed", "", 1), ("done", "", 1)]),
        Case::new("DED-03 captured bytes under another id, of a provider that signs its time", |world| {
            world.of(Linear::SCHEME).secret(SECRET)
        })
        .send(linear("delivery-1"), ok())
        .step(Step::Clock(10))
        .send(linear("delivery-2"), Expect::Gate(200))
        .ends(1, &[("handled", "", 1), ("replayed", "", 1)]),
        Case::new("DED-03 captured bytes under another id, refused", |world| {
            world.github().on_replay(OnReplay::Refuse)
        })
        .send(renamed("guid-1"), ok())
        .send(renamed("guid-2"), Expect::Gate(409))
        .ends(1, &[("handled", "", 1), ("replayed", "", 1)]),
        Case::new("CAN-11 a query that is not signed changes nothing", World::stripe)
            .send(sent(), ok())
            .send(aimed(sent(), "POST /hooks?tenant=other HTTP/1.1"), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("an id with another body", World::standard)
            .send(wire(&standard("msg_1", "{}")), ok())
            .send(wire(&standard("msg_1", "[]")), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "mismatch", 1)]),
        Case::new("an id with another body, strictly", |world| world.standard().strict_ids())
            .send(wire(&standard("msg_1", "{}")), ok())
            .send(wire(&standard("msg_1", "[]")), Expect::Gate(409))
            .ends(1, &[("handled", "", 1), ("done", "mismatch", 1)]),
        Case::new("DED-16 a memory store that was started anew has forgotten", World::stripe)
            .send(sent(), ok())
            .step(Step::Restart)
            .send(sent(), ok())
            .ends(2, &[("handled", "", 2)]),
        Case::new("STO-01 a hundred at once", World::stripe)
            .handler(Handler::Slow(150))
            .step(Step::Together(100, sent(), &[(200, 1), (503, 99)]))
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 99), ("done", "", 1)]),
        Case::new("RES-17 duplicates of a running event are told at once, and none waits", World::stripe)
            .handler(Handler::FirstWaits)
            .step(Step::HangUp(sent()))
            // The handler waits until all of these have their answers.
            .step(Step::Together(100, sent(), &[(503, 100)]))
            .step(Step::Together(100, sent(), &[(503, 100)]))
            .step(Step::Together(100, sent(), &[(503, 100)]))
            .step(Step::GoOn)
            .step(Step::Idle)
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 300), ("done", "", 1)]),
        Case::new("STO-16 a claim that is lost while its handler runs", World::stripe)
            .handler(Handler::FirstWaits)
            .step(Step::HangUp(sent()))
            .send(sent(), busy())
            .step(Step::Pass(61))
            .send(sent(), ok())
            .step(Step::GoOn)
            .step(Step::Idle)
            .send(sent(), Expect::Gate(200))
            .ends(2, &[("running", "", 1), ("handled", "", 1), ("lost", "", 1), ("done", "", 1)]),
        Case::new("duplicates that may wait", |world| {
            world.stripe().wait_for_running(Duration::from_secs(60))
        })
        .handler(Handler::Slow(100))
        .step(Step::Together(10, sent(), &[(200, 10)]))
        .ends(1, &[("handled", "", 1), ("done", "", 9)]),
        Case::new("a running duplicate, 409 where that is wanted", |world| {
            world.stripe().on_running(RunningAnswer::Conflict)
        })
        .handler(Handler::Slow(150))
        .step(Step::Together(10, sent(), &[(200, 1), (409, 9)]))
        .ends(1, &[("handled", "", 1), ("running", "", 9)]),
        Case::new("the remembered status", |world| world.stripe().on_done(DoneAnswer::Remembered))
            .handler(Handler::Status(202))
            .send(sent(), Expect::Handler(202, Vec::new()))
            .send(sent(), Expect::Gate(202))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
    ]
}
