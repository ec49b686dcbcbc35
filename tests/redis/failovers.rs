//! Two servers that both take themselves for the primary.

use std::time::Duration;

use hookgate::{
    EventId, StoreErrorKind,
    store::{Claim, EventKey, Hold, Outcome, RedisStore, Retention, Scope, Store},
};

use crate::{
    servers::Server,
    store, stripe_on,
    support::{Effects, ask, counting, stripe},
};

const LEASE: Duration = Duration::from_secs(60);
const KEPT: Retention = Retention::new(Duration::from_secs(600), Duration::ZERO);

fn key(id: &str) -> EventKey {
    EventKey::of_id(Scope::new("r", "p", None), EventId::new(id).expect("an id"))
}

/// A primary and its replica, which is connected to it.
fn pair() -> (Server, Server) {
    let primary = Server::start();
    primary.cli(&["config", "set", "repl-diskless-sync-delay", "0"]);
    let replica = Server::start();
    assert_eq!(replica.cli(&["replicaof", "127.0.0.1", &primary.port.to_string()]), "OK");
    while !replica.cli(&["info", "replication"]).contains("master_link_status:up") {
        std::thread::sleep(Duration::from_millis(20));
    }
    (primary, replica)
}

/// STO-09: replication is asynchronous, so a promoted replica grants a claim that the old primary has granted
/// too. That is a limit that the documentation states; but who claimed at one changes nothing at the other.
#[tokio::test]
async fn a_promoted_replica_grants_a_second_claim_and_takes_nothing_of_the_first() {
    let (old, new) = pair();
    let at_old = RedisStore::new(old.connect().await);
    let won = async |store: &RedisStore<_>, id: &str| match store.claim(&key(id), LEASE).await {
        Ok(Claim::Won { token, attempt: 1 }) => token,
        other => panic!("{id}: {other:?}"),
    };
    // The replica is promoted while the old primary still answers.
    assert_eq!(new.cli(&["replicaof", "no", "one"]), "OK");
    let first = won(&at_old, "evt_1").await;
    let at_new = RedisStore::new(new.connect().await);
    let second = won(&at_new, "evt_1").await;
    assert_ne!(first, second);
    assert_eq!(at_new.renew(&key("evt_1"), first, LEASE).await.expect("no error"), Hold::Lost);
    assert_eq!(at_new.release(&key("evt_1"), first).await.expect("no error"), Hold::Lost);
    let complete =
        async |token| at_new.complete(&key("evt_1"), token, KEPT, Outcome::new(200)).await.expect("no error");
    assert_eq!(complete(first).await, Hold::Lost);
    assert!(matches!(at_new.claim(&key("evt_1"), LEASE).await, Ok(Claim::Running { .. })));
    assert_eq!(complete(second).await, Hold::Held);
    assert!(matches!(at_new.claim(&key("evt_1"), LEASE).await, Ok(Claim::Done { .. })));
}

/// STO-09: a primary that is told to acknowledge nothing without its replicas grants no claims alone.
#[tokio::test]
async fn a_primary_that_needs_its_replicas_refuses_without_them() {
    let (primary, mut replica) = pair();
    let effects = Effects::default();
    let receiver = stripe_on(store(primary.connect().await)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    assert_eq!(primary.cli(&["config", "set", "min-replicas-to-write", "1"]), "OK");
    // A replica that is connected counts once it has acknowledged something, which it does each second.
    while !primary.cli(&["info", "replication"]).contains("min_slaves_good_slaves:1") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    replica.kill();
    while ask(&app, &stripe("evt_1")).await == (200, "done") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ask(&app, &stripe("evt_2")).await, (503, "refused"));
    assert_eq!(effects.runs(), 1);
    let error = store(primary.connect().await).claim(&key("evt_3"), LEASE).await.expect_err("refused");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    replica.restart();
    assert_eq!(replica.cli(&["replicaof", "127.0.0.1", &primary.port.to_string()]), "OK");
    while ask(&app, &stripe("evt_2")).await.0 == 503 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!((ask(&app, &stripe("evt_2")).await, effects.runs()), ((200, "done"), 2));
}
