//! Servers that die, hang, fill up, forget their scripts and lose replies: each gives the answer of the
//! decision table, and service resumes by itself.

use std::{sync::Arc, time::Duration};

use hookgate::{
    Answer, EventId, StoreErrorKind,
    store::{Claim, EventKey, Hold, Outcome, RedisStore, Retention, Scope, Store},
};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};

use crate::{
    github_on,
    servers::Server,
    store, stripe_on,
    support::{Effects, app, ask, counting, github, send, stripe, until},
};

const SOON: Duration = Duration::ZERO;
const LEASE: Duration = Duration::from_secs(1);
const KEPT: Retention = Retention::new(Duration::from_secs(60), Duration::ZERO);

fn key(id: &str) -> EventKey {
    EventKey::of_id(Scope::new("faults", "faults", None), EventId::new(id).expect("an id"))
}

/// Delivers until it is handled, as a provider does; says how many refusals there were.
async fn deliver(app: &axum::Router, id: &str) -> usize {
    for refused in 0.. {
        match ask(app, &stripe(id)).await {
            (204, "handled") => return refused,
            (503, "refused" | "running") => tokio::time::sleep(Duration::from_millis(20)).await,
            other => panic!("{other:?}"),
        }
    }
    unreachable!("it is tried for ever")
}

async fn why(app: &axum::Router, id: &str) -> (u16, &'static str) {
    let response = send(app, &stripe(id)).await;
    if response.status() == 503 {
        assert!(response.headers().contains_key("retry-after"));
    }
    let answer = response.extensions().get::<Answer>().expect("an answer");
    (response.status().as_u16(), answer.why())
}

/// STO-04: no answer of a server is no answer about an event.
#[tokio::test]
async fn killed_and_restarted_empty() {
    let mut server = Server::start();
    let effects = Effects::default();
    let receiver = stripe_on(store(server.connect().await)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    server.kill();
    for _ in 0..20 {
        for (id, what) in [("evt_1", "no duplicate is made up"), ("evt_2", "and no new event")] {
            let (status, why) = why(&app, id).await;
            // The connection may still be on its way to notice, or trying to be made anew.
            assert!(
                status == 503 && ["store_unavailable", "store_timed_out"].contains(&why),
                "{what}: {why}"
            );
        }
    }
    assert_eq!(effects.runs(), 1);
    server.restart();
    deliver(&app, "evt_2").await;
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"));
    // It was started without its data: what it lost is new to it.
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(effects.runs(), 3);
}

/// DED-16: what the server kept over a restart is known after it.
#[tokio::test]
async fn killed_and_restarted_with_what_it_wrote() {
    let mut server = Server::with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let effects = Effects::default();
    let receiver = stripe_on(store(server.connect().await)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    server.kill();
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "refused"));
    server.restart();
    deliver(&app, "evt_2").await;
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 2);
}

/// STO-06: the sender hears of the success, and the completion is made up for once the server is back.
#[tokio::test]
async fn killed_while_a_handler_runs() {
    let mut server = Server::with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let effects = Effects::default();
    let receiver = stripe_on(store(server.connect().await)).build().expect("a receiver");
    let (counted, go_on) = (effects.clone(), Arc::new(Notify::new()));
    let handler_goes_on = Arc::clone(&go_on);
    let app = app(&receiver, move |_| {
        let (effects, go_on) = (counted.clone(), Arc::clone(&handler_goes_on));
        async move {
            effects.run(SOON).await;
            go_on.notified().await;
        }
    });
    let running = tokio::spawn({
        let app = app.clone();
        async move { ask(&app, &stripe("evt_1")).await }
    });
    until(|| effects.runs() == 1).await;
    server.kill();
    go_on.notify_one();
    assert_eq!(
        running.await.expect("an answer"),
        (200, "unsettled"),
        "done work is not answered with an error"
    );
    server.restart();
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// STO-05, STO-21: the answer comes while the server still hangs, its process stopped or all its clients
/// put off.
#[tokio::test]
async fn paused_for_longer_than_the_time_out() {
    let server = Server::start();
    for by_signal in [false, true] {
        let effects = Effects::default();
        let receiver = stripe_on(store(server.connect().await)).lease(LEASE).build().expect("a receiver");
        let app = counting(&receiver, &effects, SOON);
        assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
        match by_signal {
            true => server.signal("STOP"),
            false => assert_eq!(server.cli(&["client", "pause", "1500", "all"]), "OK"),
        }
        assert_eq!(why(&app, "evt_2").await, (503, "store_timed_out"));
        assert_eq!(why(&app, "evt_1").await, (503, "store_timed_out"));
        assert_eq!(effects.runs(), 1);
        if by_signal {
            server.signal("CONT");
        }
        // The claim that nobody heard of is granted late, and taken back.
        deliver(&app, "evt_2").await;
        assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"));
        assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
        assert_eq!((effects.runs(), effects.most_at_once()), (2, 1));
    }
}

/// STO-05, STO-20: what was claimed for nobody is free long before its lease ends, and was no attempt.
#[tokio::test]
async fn a_claim_that_nobody_hears_of_is_taken_back() {
    const HOUR: Duration = Duration::from_secs(3600);
    let server = Server::start();
    let store = store(server.connect().await);
    for (number, (content, dropped)) in
        [(None, false), (None, true), (Some([7; 16]), false), (Some([8; 16]), true)].into_iter().enumerate()
    {
        let key = key(&format!("evt_{number}")).with_content(content, 1);
        assert_eq!(server.cli(&["client", "pause", "700", "all"]), "OK");
        let claiming = store.claim(&key, HOUR);
        match dropped {
            true => assert!(tokio::time::timeout(Duration::from_millis(50), claiming).await.is_err()),
            false => assert_eq!(claiming.await.expect_err("paused").kind(), StoreErrorKind::TimedOut),
        }
        let attempt = loop {
            match store.claim(&key, HOUR).await {
                Ok(Claim::Won { attempt, .. }) => break attempt,
                Ok(Claim::Running { .. }) | Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
                Ok(other) => panic!("{other:?}"),
            }
        };
        assert_eq!(attempt, 1, "{content:?}, dropped: {dropped}");
    }
}

/// STO-07: nothing new is claimed, and what was begun is settled.
#[tokio::test]
async fn out_of_memory() {
    let server = Server::start();
    let effects = Effects::default();
    let store = store(server.connect().await);
    let receiver = stripe_on(store.clone()).build().expect("a receiver");
    let hub = github_on(store.clone()).build().expect("a receiver");
    let quick = counting(&receiver, &effects, SOON);
    let hub = counting(&hub, &effects, SOON);
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(ask(&hub, &github("guid-1", "{}")).await, (204, "handled"));
    // Two handlers are under way when the memory ends: one will succeed, one will fail.
    let (counted, go_on) = (effects.clone(), Arc::new(Notify::new()));
    let handler_goes_on = Arc::clone(&go_on);
    let slow = app(&receiver, move |delivery| {
        let (effects, go_on) = (counted.clone(), Arc::clone(&handler_goes_on));
        async move {
            effects.run(SOON).await;
            go_on.notified().await;
            match delivery.id().is_some_and(|id| *id == "evt_good") {
                true => axum::http::StatusCode::OK,
                false => axum::http::StatusCode::BAD_GATEWAY,
            }
        }
    });
    let start = |id: &'static str| {
        let slow = slow.clone();
        tokio::spawn(async move { ask(&slow, &stripe(id)).await })
    };
    let (good, bad) = (start("evt_good"), start("evt_bad"));
    until(|| effects.runs() == 4).await;
    assert_eq!(server.cli(&["config", "set", "maxmemory", "1"]), "OK");

    assert_eq!(why(&quick, "evt_2").await, (503, "store_full"));
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (200, "done"), "a duplicate can still be told");
    assert_eq!(ask(&hub, &github("guid-1", "{}")).await, (200, "done"));
    assert_eq!(ask(&hub, &github("guid-2", "{}")).await, (200, "replayed"));
    assert_eq!(ask(&hub, &github("guid-3", "[]")).await, (503, "refused"));
    assert_eq!(ask(&quick, &stripe("evt_good")).await, (503, "running"));
    go_on.notify_waiters();
    assert_eq!(good.await.expect("an answer"), (200, "handled"), "what was begun can be settled");
    assert_eq!(bad.await.expect("an answer"), (502, "released"));
    assert_eq!(ask(&quick, &stripe("evt_good")).await, (200, "done"));
    assert_eq!(effects.runs(), 4);

    assert_eq!(server.cli(&["config", "set", "maxmemory", "0"]), "OK");
    assert_eq!(ask(&quick, &stripe("evt_2")).await, (204, "handled"));
    assert_eq!(ask(&quick, &stripe("evt_bad")).await, (204, "handled"));
    assert_eq!(ask(&hub, &github("guid-3", "[]")).await, (204, "handled"));
}

/// STO-10: a primary that was made a replica; the connection stays the same here.
#[tokio::test]
async fn read_only() {
    let (server, other) = (Server::start(), Server::start());
    let effects = Effects::default();
    let receiver = stripe_on(store(server.connect().await)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(server.cli(&["replicaof", "127.0.0.1", &other.port.to_string()]), "OK");
    assert_eq!(why(&app, "evt_2").await, (503, "store_unavailable"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "refused"));
    assert_eq!(server.cli(&["replicaof", "no", "one"]), "OK");
    deliver(&app, "evt_2").await;
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"));
}

/// STO-11: the server forgets its scripts, and nobody notices.
#[tokio::test]
async fn scripts_flushed() {
    let server = Server::start();
    let effects = Effects::default();
    let connection = server.connect().await;
    let stripes = stripe_on(store(connection.clone())).build().expect("a receiver");
    let hubs = github_on(store(connection)).build().expect("a receiver");
    let (stripes, hubs) = (counting(&stripes, &effects, SOON), counting(&hubs, &effects, SOON));
    for (round, body) in ["{}", "[]", "1", "2"].into_iter().enumerate() {
        assert_eq!(ask(&stripes, &stripe(&format!("evt_{round}"))).await, (204, "handled"));
        assert_eq!(ask(&hubs, &github(body, body)).await, (204, "handled"));
        assert_eq!(server.cli(&["script", "flush"]), "OK");
        assert_eq!(ask(&hubs, &github(body, body)).await, (200, "done"));
        assert_eq!(server.cli(&["script", "flush"]), "OK");
    }
    assert_eq!(effects.runs(), 8);
}

/// STO-12: other types, other values and later versions are errors, in every step.
#[tokio::test]
async fn what_somebody_else_wrote_is_never_free() {
    let server = Server::start();
    let effects = Effects::default();
    let receiver = stripe_on(RedisStore::new(server.connect().await)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    let name = |id: &str| format!("hookgate:{{6:stripe6:stripe}}:i:{id}");
    assert_eq!(server.cli(&["set", &name("evt_1"), "mine"]), "OK");
    assert_eq!(server.cli(&["rpush", &name("evt_2"), "a", "list"]), "2");
    assert_eq!(server.cli(&["hset", &name("evt_4"), "field", "value"]), "1");
    for id in ["evt_1", "evt_2", "evt_4"] {
        assert_eq!(why(&app, id).await, (503, "store_corrupt"), "{id}");
        let forgotten = receiver.forget(&EventId::new(id).expect("an id")).await;
        assert_eq!(forgotten.expect_err("not ours").kind(), StoreErrorKind::Corrupt);
    }
    assert_eq!(server.cli(&["get", &name("evt_1")]), "mine", "nor is it overwritten");
    assert_eq!(server.cli(&["hgetall", &name("evt_4")]), "field\nvalue");
    assert_eq!(effects.runs(), 0);
    // A later version's record is not misread either.
    assert_eq!(server.cli(&["set", &name("evt_3"), "2204000004887900042"]), "OK");
    assert_eq!(why(&app, "evt_3").await, (503, "store_corrupt"));
}

/// Says the same to everything.
#[derive(Clone)]
pub struct Always(pub redis::Value);

impl redis::aio::ConnectionLike for Always {
    fn req_packed_command<'a>(&'a mut self, _: &'a redis::Cmd) -> redis::RedisFuture<'a, redis::Value> {
        Box::pin(async { Ok(self.0.clone()) })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a redis::Pipeline,
        _: usize,
        count: usize,
    ) -> redis::RedisFuture<'a, Vec<redis::Value>> {
        Box::pin(async move { Ok(vec![self.0.clone(); count]) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

#[tokio::test]
async fn what_no_script_replies_wins_nothing() {
    use redis::Value;
    let text = |text: &str| Value::BulkString(text.into());
    for odd in [
        Value::Int(0),
        Value::Int(-1),
        Value::Okay,
        Value::Array(vec![]),
        text("F+3:00042"),
        text("1+04000000017100042"),
        text("R0000000171:0000000000000000000000000000000g:1"),
    ] {
        // The second kind of claim goes to the script at once.
        for key in [key("evt_1"), key("evt_1").with_content(Some([7; 16]), 0)] {
            let claimed = store(Always(odd.clone())).claim(&key, LEASE).await;
            let kind = claimed.map_err(|error| error.kind());
            assert_eq!(kind, Err(StoreErrorKind::Corrupt), "{odd:?}");
        }
    }
}

/// STO-14: who lost its claim changes nothing any more.
#[tokio::test]
async fn a_lapsed_lease_is_taken_over_between_two_stores() {
    let server = Server::start();
    // Two processes would have two stores, with one prefix.
    let one = RedisStore::new(server.connect().await);
    let other = RedisStore::new(server.connect().await);
    let lease = Duration::from_millis(300);
    let Claim::Won { token: first, attempt: 1 } = one.claim(&key("evt_1"), lease).await.expect("no error")
    else {
        panic!("not won")
    };
    assert!(matches!(other.claim(&key("evt_1"), lease).await.expect("no error"), Claim::Running { .. }));
    tokio::time::sleep(Duration::from_millis(350)).await;
    let Claim::Won { token: second, attempt: 2 } = other.claim(&key("evt_1"), lease).await.expect("no error")
    else {
        panic!("not taken over")
    };
    assert_ne!(first, second);
    let complete = async |store: &RedisStore<ConnectionManager>, token| {
        store.complete(&key("evt_1"), token, KEPT, Outcome::new(200)).await.expect("no error")
    };
    assert_eq!(complete(&one, first).await, Hold::Lost);
    assert!(matches!(one.claim(&key("evt_1"), lease).await.expect("no error"), Claim::Running { .. }));
    assert_eq!(complete(&other, second).await, Hold::Held);
}

/// STO-18: what was claimed is gone when its handler ends. Done work is remembered then, unless somebody
/// else has begun it anew.
#[tokio::test]
async fn flushed_while_a_handler_runs() {
    let server = Server::start();
    let (effects, waiting) = (Effects::default(), Arc::new(Notify::new()));
    let receiver = stripe_on(store(server.connect().await)).build().expect("a receiver");
    let (counted, go_on) = (effects.clone(), Arc::clone(&waiting));
    let slow = app(&receiver, move |_| {
        let (effects, go_on) = (counted.clone(), Arc::clone(&go_on));
        async move {
            effects.run(SOON).await;
            go_on.notified().await;
        }
    });
    let start = |id: &'static str| {
        let slow = slow.clone();
        tokio::spawn(async move { ask(&slow, &stripe(id)).await })
    };
    let running = start("evt_1");
    until(|| effects.runs() == 1).await;
    assert_eq!(server.cli(&["flushall"]), "OK");
    waiting.notify_one();
    assert_eq!(running.await.expect("an answer"), (200, "handled"));
    assert_eq!(ask(&slow, &stripe("evt_1")).await, (200, "done"));

    let first = start("evt_2");
    until(|| effects.runs() == 2).await;
    assert_eq!(server.cli(&["flushall"]), "OK");
    let second = start("evt_2");
    until(|| effects.runs() == 3).await;
    waiting.notify_one();
    assert_eq!(first.await.expect("an answer"), (200, "lost"));
    assert_eq!(ask(&slow, &stripe("evt_2")).await, (503, "running"), "the second one's claim stands");
    waiting.notify_one();
    assert_eq!(second.await.expect("an answer"), (200, "handled"));
    assert_eq!(ask(&slow, &stripe("evt_2")).await, (200, "done"));
    assert_eq!(effects.runs(), 3);
}

/// A way to a server that can be cut after the request got there and before its reply came back.
struct Cut {
    port: u16,
    cutting: watch::Sender<bool>,
}

impl Cut {
    async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let cutting = watch::Sender::new(false);
        let is_cut = cutting.subscribe();
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let mut is_cut = is_cut.clone();
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(("127.0.0.1", server)).await.expect("the server");
                    let (mut up, mut down) = (vec![0; 65536], vec![0; 65536]);
                    loop {
                        tokio::select! {
                            read = here.read(&mut up) => match read {
                                Ok(read) if read > 0 => there.write_all(&up[..read]).await.expect("sent"),
                                _ => return,
                            },
                            read = there.read(&mut down) => match read {
                                // The reply is here, so the step was taken; nobody will hear of it.
                                Ok(read) if read > 0 && !*is_cut.borrow_and_update() => {
                                    if here.write_all(&down[..read]).await.is_err() { return }
                                }
                                _ => return,
                            },
                        }
                    }
                });
            }
        });
        Self { port, cutting }
    }

    async fn connect(&self) -> ConnectionManager {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", self.port)).expect("a client");
        let config = ConnectionManagerConfig::new().set_max_delay(Duration::from_millis(50));
        client.get_connection_manager_with_config(config).await.expect("a connection")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replies_that_never_arrive() {
    let server = Server::start();
    let way = Cut::to(server.port).await;
    let effects = Effects::default();
    let hour = Duration::from_secs(3600);
    let stripes = stripe_on(store(way.connect().await)).lease(hour).build().expect("a receiver");
    let quick = counting(&stripes, &effects, SOON);
    assert_eq!(ask(&quick, &stripe("evt_0")).await, (204, "handled"));

    // Of a claim: the event is refused, taken back long before its lease ends, and handled once.
    way.cutting.send_replace(true);
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (503, "refused"));
    assert_eq!(effects.runs(), 1);
    way.cutting.send_replace(false);
    deliver(&quick, "evt_1").await;
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 2);

    // Of a completion: the handler's answer stands, and so does what it did.
    let (counted, go_on) = (effects.clone(), Arc::new(Notify::new()));
    let handler_goes_on = Arc::clone(&go_on);
    let slow = app(&stripes, move |_| {
        let (effects, go_on) = (counted.clone(), Arc::clone(&handler_goes_on));
        async move {
            effects.run(SOON).await;
            go_on.notified().await;
        }
    });
    let running = tokio::spawn(async move { ask(&slow, &stripe("evt_2")).await });
    until(|| effects.runs() == 3).await;
    way.cutting.send_replace(true);
    go_on.notify_one();
    assert_eq!(running.await.expect("an answer"), (200, "unsettled"));
    way.cutting.send_replace(false);
    until(|| stripes.in_flight() == 0).await;
    loop {
        match ask(&quick, &stripe("evt_2")).await {
            (200, "done") => break,
            (503, "refused") => tokio::time::sleep(Duration::from_millis(10)).await,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(effects.runs(), 3);
}
