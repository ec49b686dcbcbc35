//! What the owner of a receiver chose for the time that the store is out.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use hookgate::{Answer, Guard, Receiver, axum::Delivery, providers::Stripe, receiver::OnStoreOutage};

use crate::{
    servers::Server,
    store, stripe_on,
    support::{Effects, app, ask, counting, send, stripe},
};

/// STO-04: refused, and asked to come back.
#[tokio::test]
async fn refused_by_default() {
    let mut server = Server::start();
    let effects = Effects::default();
    let app = counting(
        &stripe_on(store(server.connect().await)).build().expect("a receiver"),
        &effects,
        Duration::ZERO,
    );
    server.kill();
    let refused = send(&app, &stripe("evt_1")).await;
    assert_eq!(
        (refused.status(), refused.headers().contains_key("retry-after")),
        (503.try_into().expect("a status"), true)
    );
    assert_eq!(effects.runs(), 0);
}

type Seen = Arc<Mutex<Vec<(Guard, Option<u32>)>>>;

/// A router whose handler notes what guards each run.
fn noting(receiver: &Receiver<Stripe>) -> (Router, Seen) {
    let seen = Seen::default();
    let noted = Arc::clone(&seen);
    let handle = move |delivery: Delivery| {
        noted.lock().expect("a list").push((delivery.guard(), delivery.attempt()));
        async {}
    };
    (app(receiver, handle), seen)
}

/// Delivers events of fresh ids until one is in Redis.
async fn until_it_is_used_again(app: &Router, server: &Server) {
    for number in 0.. {
        assert_eq!(ask(app, &stripe(&format!("evt_later_{number}"))).await.0, 200);
        if server.cli(&["dbsize"]) != "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn run_unchecked() {
    let mut server = Server::start();
    let builder = stripe_on(store(server.connect().await)).on_store_outage(OnStoreOutage::RunUnchecked);
    let (app, seen) = noting(&builder.build().expect("a receiver"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "handled"));
    server.kill();
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "unchecked"), "what was done cannot be told");
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "unchecked"));
    let unchecked = (Guard::None, None);
    assert_eq!(*seen.lock().expect("a list"), [(Guard::Store, Some(1)), unchecked, unchecked]);
    server.restart();
    until_it_is_used_again(&app, &server).await;
    assert_eq!(seen.lock().expect("a list").last(), Some(&(Guard::Store, Some(1))));
}

#[tokio::test]
async fn fall_back_to_memory() {
    let mut server = Server::start();
    let builder = stripe_on(store(server.connect().await)).on_store_outage(OnStoreOutage::FallBackToMemory);
    let (app, seen) = noting(&builder.build().expect("a receiver"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "handled"));
    server.kill();
    let fallen_back = send(&app, &stripe("evt_2")).await;
    assert_eq!(fallen_back.extensions().get::<Answer>().expect("an answer").why(), "fallback");
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"), "this process remembers");
    assert_eq!(*seen.lock().expect("a list"), [(Guard::Store, Some(1)), (Guard::Fallback, Some(1))]);
    server.restart();
    until_it_is_used_again(&app, &server).await;
    assert_eq!(seen.lock().expect("a list").last(), Some(&(Guard::Store, Some(1))));
}
