//! What goes over the wire, counted by the server, and what an operator sees there.

use std::time::Duration;

use hookgate::{
    EventId,
    store::{Claim, EventKey, Outcome, RedisStore, Retention, Scope, Store},
};

use crate::{
    github_on,
    servers::Server,
    store, stripe_on,
    support::{Effects, ask, counting, github, stripe, until},
};

const LEASE: Duration = Duration::from_secs(60);

/// The commands that arrived while this ran, as the server itself saw them.
async fn monitored(server: &Server, run: impl AsyncFnOnce()) -> Vec<String> {
    use std::io::{BufRead, BufReader, Write};
    let mut socket = std::net::TcpStream::connect(("127.0.0.1", server.port)).expect("a connection");
    socket.write_all(b"MONITOR\r\n").expect("sent");
    let mut lines = BufReader::new(socket).lines().map(|line| line.expect("a line"));
    assert_eq!(lines.next().as_deref(), Some("+OK"));
    run().await;
    server.cli(&["echo", "the end"]);
    let seen: Vec<String> = lines.take_while(|line| !line.contains("the end")).collect();
    // What scripts call is marked as theirs; connecting is not a step.
    let is_step = |line: &String| {
        let theirs = line.contains(" lua] ");
        !theirs
            && !line.contains("\"CLIENT\"")
            && !line.contains("\"HELLO\"")
            && !line.contains("\"COMMAND\"")
    };
    seen.into_iter().filter(is_step).collect()
}

#[tokio::test]
async fn two_round_trips_for_an_event_and_one_for_a_duplicate() {
    let server = Server::start();
    let effects = Effects::default();
    let app = counting(
        &stripe_on(store(server.connect().await)).build().expect("a receiver"),
        &effects,
        Duration::ZERO,
    );
    // The first one loads the script.
    assert_eq!(ask(&app, &stripe("evt_0")).await, (204, "handled"));
    let handled = monitored(&server, async || {
        for number in 1..=50 {
            assert_eq!(ask(&app, &stripe(&format!("evt_{number}"))).await, (204, "handled"));
        }
    });
    let handled = handled.await;
    assert_eq!(handled.len(), 100, "{handled:#?}");
    let duplicates = monitored(&server, async || {
        for number in 1..=50 {
            assert_eq!(ask(&app, &stripe(&format!("evt_{number}"))).await, (200, "done"));
        }
    });
    assert_eq!(duplicates.await.len(), 50);
}

#[tokio::test]
async fn the_same_where_the_content_is_claimed_too() {
    let server = Server::start();
    let effects = Effects::default();
    let app = counting(
        &github_on(store(server.connect().await)).build().expect("a receiver"),
        &effects,
        Duration::ZERO,
    );
    assert_eq!(ask(&app, &github("guid-0", r#"{"n":0}"#)).await, (204, "handled"));
    let bodies: [&'static str; 3] = [r#"{"n":1}"#, r#"{"n":2}"#, r#"{"n":3}"#];
    let handled = monitored(&server, async || {
        for body in bodies {
            assert_eq!(ask(&app, &github(body, body)).await, (204, "handled"));
        }
    });
    assert_eq!(handled.await.len(), 6);
    let duplicates = monitored(&server, async || {
        for body in bodies {
            assert_eq!(ask(&app, &github(body, body)).await, (200, "done"));
            assert_eq!(ask(&app, &github("another", body)).await, (200, "replayed"));
        }
    });
    assert_eq!(duplicates.await.len(), 6);
}

#[tokio::test]
async fn a_running_duplicate_takes_two_at_most() {
    let server = Server::start();
    let effects = Effects::default();
    let receiver = stripe_on(store(server.connect().await)).build().expect("a receiver");
    let slow = counting(&receiver, &effects, Duration::from_secs(3600));
    let running = tokio::spawn(async move { ask(&slow, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    let app = counting(&receiver, &effects, Duration::ZERO);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
    let duplicates = monitored(&server, async || {
        for _ in 0..10 {
            assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"));
        }
    });
    assert_eq!(duplicates.await.len(), 20);
    running.abort();
}

#[tokio::test]
async fn an_operator_can_read_and_find_the_keys() {
    let server = Server::start();
    let store = RedisStore::new(server.connect().await);
    let scope = Scope::new("stripe", "stripe", None);
    let key = EventKey::of_id(scope.clone(), EventId::new("evt_1").expect("an id"))
        .with_content(None, 0xfeed_0000_beef);
    let name = "hookgate:{6:stripe6:stripe}:i:evt_1";
    let Claim::Won { token, .. } = store.claim(&key, LEASE).await.expect("no error") else {
        panic!("not won")
    };
    assert!(server.cli(&["get", name]).starts_with("R0000048879:"));
    let kept = Retention::new(Duration::from_secs(3600), Duration::ZERO);
    store.complete(&key, token, kept, Outcome::new(204)).await.expect("no error");
    let done = server.cli(&["get", name]);
    assert!(done.starts_with("12040000048879") && done.len() == 19, "{done}");
    let left: u64 = server.cli(&["pttl", name]).parse().expect("a number");
    assert!((3_590_000..=3_600_000).contains(&left), "{left}");
    store.forget(&key).await.expect("no error");
    assert_eq!(server.cli(&["get", name]), "G0:00000");
    let left: u64 = server.cli(&["pttl", name]).parse().expect("a number");
    assert!((3_590_000..=3_600_000).contains(&left), "{left}: as long as its content");

    let long = EventKey::of_id(scope.clone(), EventId::new(&"x".repeat(1000)).expect("an id"));
    store.claim(&long, LEASE).await.expect("no error");
    let content =
        EventKey::of_id(scope, EventId::new("evt_2").expect("an id")).with_content(Some([0xab; 16]), 1);
    store.claim(&content, LEASE).await.expect("no error");
    let mut keys: Vec<String> = server.cli(&["--scan"]).lines().map(str::to_owned).collect();
    keys.sort();
    let start = "hookgate:{6:stripe6:stripe}";
    assert_eq!(keys[0], format!("{start}:c:{}", "ab".repeat(16)));
    assert!(keys[1].starts_with(&format!("{start}:h:")) && keys[1].len() == start.len() + 3 + 64);
    assert_eq!(keys[2..], [format!("{start}:i:evt_1"), format!("{start}:i:evt_2")]);
}

/// Whatever became of it: what never expired would fill the server.
#[tokio::test]
async fn every_key_expires() {
    let server = Server::start();
    let store = RedisStore::new(server.connect().await);
    let id = EventId::new("evt_1").expect("an id");
    let key = EventKey::of_id(Scope::new("r", "p", None), id).with_content(Some([0xab; 16]), 1);
    let names =
        ["hookgate:{1:r1:p}:i:evt_1".to_owned(), format!("hookgate:{{1:r1:p}}:c:{}", "ab".repeat(16))];
    // In seconds; -1 of what never does, and -2 of what is not there.
    let left = || names.each_ref().map(|name| server.cli(&["ttl", name]).parse::<i64>().expect("a number"));
    let about = |wanted: [i64; 2], what: &str| {
        let left = left();
        assert!(
            left.iter().zip(wanted).all(|(left, wanted)| (wanted - 9..=wanted).contains(left)),
            "{what}: {left:?}"
        );
    };
    const DAY: i64 = 24 * 60 * 60;
    let lease = i64::try_from(LEASE.as_secs()).expect("a number");
    for content in [true, false] {
        let key = if content { key.clone() } else { key.clone().with_content(None, 1) };
        let of_content = |left: i64| if content { left } else { -2 };
        let win = async || match store.claim(&key, LEASE).await.expect("no error") {
            Claim::Won { token, .. } => token,
            claim => panic!("not won: {claim:?}"),
        };
        let token = win().await;
        about([lease + DAY, of_content(lease + DAY)], "claimed");
        store.renew(&key, token, LEASE * 10).await.expect("no error");
        about([lease * 10 + DAY, of_content(lease * 10 + DAY)], "renewed");
        store.release(&key, token).await.expect("no error");
        about([DAY, -2], "released");
        let token = win().await;
        about([lease + DAY, of_content(lease + DAY)], "claimed again");
        let kept = Retention::new(Duration::from_secs(3600), Duration::ZERO);
        store.complete(&key, token, kept, Outcome::new(200)).await.expect("no error");
        about([3600, of_content(3600)], "done");
        store.forget(&key).await.expect("no error");
        about([3600, of_content(3600)], "forgotten");
        server.cli(&["flushall"]);
    }
}

#[tokio::test]
async fn a_remembered_event_is_small() {
    const EVENTS: u32 = 20_000;
    let server = Server::start();
    let store = RedisStore::new(server.connect().await);
    let used = || -> f64 {
        let memory = server.cli(&["info", "memory"]);
        let line = memory.lines().find_map(|line| line.strip_prefix("used_memory:"));
        line.and_then(|bytes| bytes.trim().parse().ok()).expect("a number")
    };
    let before = used();
    let kept = Retention::new(Duration::from_secs(3600), Duration::ZERO);
    for number in 0..EVENTS {
        let id = format!("evt_1NG8Du2eZvKYlo2CU{number:07}");
        let key = EventKey::of_id(Scope::new("stripe", "stripe", None), EventId::new(&id).expect("an id"));
        let Claim::Won { token, .. } = store.claim(&key, LEASE).await.expect("no error") else {
            panic!("not won")
        };
        store.complete(&key, token, kept, Outcome::new(200)).await.expect("no error");
    }
    let bytes = (used() - before) / f64::from(EVENTS);
    println!("{bytes:.0} bytes of Redis memory a remembered event");
    assert!(bytes <= 180.0, "{bytes} bytes a remembered event");
}
