//! What the owner of a receiver chose for the time that the store is out.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, http::StatusCode};
use hookgate::{
    Answer, Guard, Receiver,
    axum::Delivery,
    providers::Stripe,
    receiver::OnStoreOutage,
    store::{Reconnecting, Store},
};
use tokio::sync::Notify;

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

/// Closed by a restart long ago, by a proxy, or by the server's own `timeout`.
#[tokio::test]
async fn a_connection_that_was_closed_while_idle_is_no_outage() {
    let server = Server::start();
    let client = server.client();
    let connection = Reconnecting::new(move || {
        let client = client.clone();
        async move { client.get_multiplexed_async_connection().await }
    });
    closed_while_idle(&server, store(connection)).await;
    closed_while_idle(&server, store(server.connect().await)).await;
}

async fn closed_while_idle(server: &Server, store: impl Store) {
    let receiver = stripe_on(store).on_store_outage(OnStoreOutage::RunUnchecked).build().expect("a receiver");
    let close = async || {
        server.cli(&["client", "kill", "type", "normal", "skipme", "yes"]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let effects = Effects::default();
    let quick = counting(&receiver, &effects, Duration::ZERO);
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (204, "handled"));
    close().await;
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (200, "done"));
    close().await;
    assert_eq!(ask(&quick, &stripe("evt_2")).await, (204, "handled"));
    assert_eq!(effects.runs(), 2);
    // And while a handler runs.
    for (id, status, settled, later) in [
        ("evt_3", StatusCode::OK, (200, "handled"), (200, "done")),
        ("evt_4", StatusCode::BAD_GATEWAY, (502, "released"), (204, "handled")),
    ] {
        let (began, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (begins, goes_on) = (Arc::clone(&began), Arc::clone(&go_on));
        let slow = app(&receiver, move |_| {
            let (begins, goes_on) = (Arc::clone(&begins), Arc::clone(&goes_on));
            async move {
                begins.notify_one();
                goes_on.notified().await;
                status
            }
        });
        let closing = async {
            began.notified().await;
            close().await;
            go_on.notify_one();
        };
        let signed = stripe(id);
        assert_eq!(tokio::join!(ask(&slow, &signed), closing).0, settled);
        assert_eq!(ask(&quick, &signed).await, later);
    }
}
