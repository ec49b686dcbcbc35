//! Several nodes over one Redis, which begin, are restarted and are told to end.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::http::StatusCode;
use hookgate::{axum::Delivery, store::RedisStore};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
    task::JoinSet,
};

use crate::{
    servers::{Folder, Server, signal as send_signal},
    stripe_on,
    support::{Effects, app, ask, counting, stripe, until},
};

/// STO-02: fifty deliveries at each of two nodes, at once. DED-16: a node that is started anew knows them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_deliveries_at_two_nodes_one_is_handled() {
    let server = Server::start();
    let (effects, go_on) = (Effects::default(), Arc::new(Notify::new()));
    let mut tasks = JoinSet::new();
    for _node in 0..2 {
        let receiver = stripe_on(RedisStore::new(server.connect().await)).build().expect("a receiver");
        let (effects, go_on) = (effects.clone(), Arc::clone(&go_on));
        let app = app(&receiver, move |_| {
            let (effects, go_on) = (effects.clone(), Arc::clone(&go_on));
            async move {
                effects.run(Duration::ZERO).await;
                go_on.notified().await;
            }
        });
        for _ in 0..50 {
            let app = app.clone();
            tasks.spawn(async move { ask(&app, &stripe("evt_1")).await });
        }
    }
    // The one that is handled waits until all others have their answer.
    for _ in 0..99 {
        assert_eq!(tasks.join_next().await.expect("100 of them").expect("an answer"), (503, "running"));
    }
    go_on.notify_one();
    assert_eq!(tasks.join_next().await.expect("100 of them").expect("an answer"), (200, "handled"));
    let anew = stripe_on(RedisStore::new(server.connect().await)).build().expect("a receiver");
    assert_eq!(ask(&counting(&anew, &effects, Duration::ZERO), &stripe("evt_1")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

const IN_FLIGHT: usize = 50;
/// Every so manieth of them never ends.
const HANGS: usize = 5;

fn node(server: &Server, folder: &Folder) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["nodes::a_node_of_its_own", "--exact", "--nocapture"]);
    command.env("HOOKGATE_TEST_NODE", server.url()).env("HOOKGATE_TEST_FOLDER", folder.path());
    command.stdout(Stdio::null()).spawn().expect("a process")
}

/// Does nothing, unless it was started by the next test as its process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_of_its_own() {
    let Ok(url) = std::env::var("HOOKGATE_TEST_NODE") else { return };
    let folder = std::env::var("HOOKGATE_TEST_FOLDER").expect("a folder");
    let folder = Path::new(&folder);
    let client = redis::Client::open(url).expect("a client");
    let store = RedisStore::new(client.get_connection_manager().await.expect("a connection"));
    let receiver = stripe_on(store).build().expect("a receiver");
    let mut terminated = signal(SignalKind::terminate()).expect("signals");
    let effects = Effects::default();
    let (counted, ending) = (effects.clone(), Arc::new(tokio::sync::Semaphore::new(0)));
    let ends = Arc::clone(&ending);
    let app = app(&receiver, move |delivery: Delivery| {
        let (effects, ending) = (counted.clone(), Arc::clone(&ends));
        async move {
            effects.run(Duration::ZERO).await;
            let id = delivery.id().expect("an id").as_str().to_owned();
            let number: usize = id.trim_start_matches("evt_").parse().expect("a number");
            match number % HANGS {
                0 => std::future::pending().await,
                _ => drop(ending.acquire().await),
            }
            // Half of those that end fail.
            if number.is_multiple_of(2) { StatusCode::OK } else { StatusCode::BAD_GATEWAY }
        }
    });
    let mut answers = JoinSet::new();
    for number in 0..IN_FLIGHT {
        let app = app.clone();
        answers.spawn(async move { (number, ask(&app, &stripe(&format!("evt_{number}"))).await) });
    }
    until(|| effects.runs() == IN_FLIGHT).await;
    fs::write(folder.join("running"), "").expect("a file");
    terminated.recv().await;
    // They end while the node is ending, and not before.
    let shutdown = tokio::spawn(async move { receiver.shutdown(Duration::from_millis(500)).await });
    tokio::task::yield_now().await;
    ending.add_permits(IN_FLIGHT);
    let dropped = shutdown.await.expect("an end");
    let mut lines = vec![format!("dropped {dropped}")];
    while let Some(answer) = answers.join_next().await {
        let (number, (status, word)) = answer.expect("an answer");
        lines.push(format!("{number} {status} {word}"));
    }
    fs::write(folder.join("ended"), lines.join("\n")).expect("a file");
}

/// LIF-10: a node that is told to end lets the running finish, drops the rest, and completes only successes.
/// Nobody has to wait for a lease then.
#[tokio::test]
async fn a_node_that_is_told_to_end_leaves_nothing_claimed() {
    let (server, folder) = (Server::start(), Folder::new());
    let mut ending = node(&server, &folder);
    while !folder.path().join("running").exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let effects = Effects::default();
    let next = stripe_on(RedisStore::new(server.connect().await)).build().expect("a receiver");
    let next = counting(&next, &effects, Duration::ZERO);
    for number in 0..IN_FLIGHT {
        assert_eq!(ask(&next, &stripe(&format!("evt_{number}"))).await, (503, "running"));
    }
    send_signal(ending.id(), "TERM");
    assert!(ending.wait().expect("it ended").success());
    let ended = fs::read_to_string(folder.path().join("ended")).expect("what it saw");
    assert!(ended.starts_with(&format!("dropped {}\n", IN_FLIGHT / HANGS)), "{ended}");
    for number in 0..IN_FLIGHT {
        let (then, now) = match number {
            _ if number.is_multiple_of(HANGS) => ("503 released", (204, "handled")),
            _ if number.is_multiple_of(2) => ("200 handled", (200, "done")),
            _ => ("502 released", (204, "handled")),
        };
        assert!(ended.lines().any(|line| line == format!("{number} {then}")), "{number} {then} of {ended}");
        assert_eq!(ask(&next, &stripe(&format!("evt_{number}"))).await, now, "{number}");
    }
}
