//! Servers that forget when they are full.

use std::time::Duration;

use hookgate::{
    EventId,
    store::{Claim, EventKey, Outcome, RedisStore, Retention, Scope, Store},
};

use crate::{log::Log, servers::Server, store};

#[tokio::test]
async fn health_says_what_a_server_may_forget() {
    let server = Server::start();
    let store = store(server.connect().await);
    let health = store.health().await.expect("healthy");
    assert!(!health.may_evict() && health.version().contains('.'));
    for policy in ["volatile-ttl", "volatile-lru", "allkeys-random", "allkeys-lru"] {
        assert_eq!(server.cli(&["config", "set", "maxmemory-policy", policy]), "OK");
        let health = store.health().await.expect("reachable");
        assert!(health.may_evict());
        assert_eq!(health.eviction_policy(), policy);
    }
}

/// STO-08: with such a policy a full server takes new claims and forgets done events, which run again. That
/// is why the start-up check warns.
#[tokio::test]
async fn a_server_that_evicts_forgets_what_was_done_and_is_warned_about() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_ansi(false);
    let subscriber = subscriber.with_writer(move || writer.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");

    let server = Server::start();
    let store = RedisStore::new(server.connect().await);
    assert_eq!(server.cli(&["config", "set", "maxmemory-policy", "allkeys-lru"]), "OK");
    store.health().await.expect("reachable");
    let text = log.take();
    let warning = text.lines().find(|line| line.contains("policy=\"allkeys-lru\""));
    assert!(warning.is_some_and(|line| line.contains("noeviction")), "{text}");

    let handle = async |number: u32| {
        let id = EventId::new(&format!("evt_{number}")).expect("an id");
        let key = EventKey::of_id(Scope::new("r", "p", None), id);
        let claim = store.claim(&key, Duration::from_secs(60)).await.expect("no error");
        if let Claim::Won { token, .. } = claim {
            let kept = Retention::new(Duration::from_secs(3600), Duration::ZERO);
            store.complete(&key, token, kept, Outcome::new(200)).await.expect("no error");
        }
        claim
    };
    let line = |section: &str, name: &str| -> u64 {
        let info = server.cli(&["info", section]);
        let line = info.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
        line.and_then(|number| number.trim().parse().ok()).expect("a number")
    };
    let room = line("memory", "used_memory:") + 300_000;
    assert_eq!(server.cli(&["config", "set", "maxmemory", &room.to_string()]), "OK");
    let mut events = 0;
    while line("stats", "evicted_keys:") < 100 {
        for _ in 0..500 {
            assert!(matches!(handle(events).await, Claim::Won { attempt: 1, .. }), "nothing is refused");
            events += 1;
        }
    }
    let mut again = 0;
    for number in 0..events {
        again += u32::from(matches!(handle(number).await, Claim::Won { .. }));
    }
    assert!(again > 0, "of {events} events none was forgotten");
}
