//! Rows 9 to 12: how handlers end.

use std::time::Duration;

use hookgate::receiver::{OnClientError, Settlement};

use super::{Case, Expect, Step, busy, ok, sent};
use crate::world::{Handler, World};

pub fn all() -> Vec<Case> {
    let mut cases = vec![
        Case::new("LIF-01 a handler that fails", World::stripe)
            .handler(Handler::FailFirst(2))
            .send(sent(), Expect::Handler(500, b"failed".to_vec()))
            .send(sent(), Expect::Handler(500, b"failed".to_vec()))
            .send(sent(), ok())
            .send(sent(), Expect::Gate(200))
            .ends(3, &[("released", "answered_5xx", 2), ("handled", "", 1), ("done", "", 1)]),
        Case::new("LIF-03 a handler that panics", World::stripe)
            .handler(Handler::PanicFirst)
            .send(sent(), Expect::Gate(500))
            .send(sent(), ok())
            .send(sent(), Expect::Gate(200))
            .ends(2, &[("released", "panicked", 1), ("handled", "", 1), ("done", "", 1)]),
        Case::new("LIF-05 a sender that hangs up", World::stripe)
            .handler(Handler::Slow(150))
            .step(Step::HangUp(sent()))
            .send(sent(), busy())
            .step(Step::Idle)
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 1), ("done", "", 1)]),
        Case::new("LIF-06 a sender that closes its half", World::stripe)
            .handler(Handler::Slow(100))
            .step(Step::HalfClose(sent(), Expect::Server { hyper: &[200, 0], actix: &[200] }))
            .step(Step::Idle)
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("LIF-07 a retry while the handler is slow, and after", World::stripe)
            .handler(Handler::Slow(150))
            .step(Step::HangUp(sent()))
            .send(sent(), busy())
            .send(sent(), busy())
            .step(Step::Idle)
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("running", "", 2), ("done", "", 1)]),
        Case::new("LIF-09 an event that always fails gets its attempts counted", |world| {
            world.stripe().classify(|_| Settlement::Release)
        })
        .handler(Handler::Attempt)
        .send(sent(), Expect::Handler(200, b"1".to_vec()))
        .send(sent(), Expect::Handler(200, b"2".to_vec()))
        .send(sent(), Expect::Handler(200, b"3".to_vec()))
        .ends(3, &[("released", "answered_2xx", 3)]),
        Case::new("LIF-09 an event that always fails may be given up after some attempts", |world| {
            world.stripe_with_letters().on_client_error(OnClientError::CompleteAsFailed)
        })
        .handler(Handler::GiveUpAt(3))
        .send(sent(), Expect::Handler(500, b"1".to_vec()))
        .send(sent(), Expect::Handler(500, b"2".to_vec()))
        .send(sent(), Expect::Handler(422, b"3".to_vec()))
        .send(sent(), Expect::Gate(200))
        .ends(3, &[("released", "answered_5xx", 2), ("given_up", "answered_4xx", 1), ("done", "", 1)])
        .letters(1),
        Case::new("a handler that takes too long", |world| {
            world.stripe().handler_timeout(Duration::from_millis(50))
        })
        .handler(Handler::Slow(60_000))
        .send(sent(), busy())
        .send(sent(), busy())
        .ends(2, &[("released", "timed_out", 2)]),
        Case::new("inline, a handler that ends", |world| world.stripe().inline())
            .handler(Handler::Slow(20))
            .send(sent(), ok())
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
    ];
    for status in [302, 404, 408, 410, 422, 425, 429, 502] {
        let answered = ["answered_3xx", "answered_4xx", "answered_5xx"][usize::from(status / 100) - 3];
        cases.push(
            Case::new(format!("LIF-02 a handler that answers {status}"), World::stripe)
                .handler(Handler::Status(status))
                .send(sent(), Expect::Handler(status, Vec::new()))
                .send(sent(), Expect::Handler(status, Vec::new()))
                .ends(2, &[("released", answered, 2)]),
        );
    }
    for status in [404, 410] {
        cases.push(
            Case::new(format!("a handler that answers {status}, for good"), |world| {
                world.stripe().on_client_error(OnClientError::CompleteAsFailed)
            })
            .handler(Handler::Status(status))
            .send(sent(), Expect::Handler(status, Vec::new()))
            .send(sent(), Expect::Gate(200))
            .ends(1, &[("given_up", "answered_4xx", 1), ("done", "", 1)]),
        );
    }
    cases
}
