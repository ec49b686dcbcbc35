//! What counts as the same event, whoever asks. Names like `DED-09` are those of the catalogue of attacks.

use std::{collections::HashMap, time::Duration};

use hookgate::{
    EventId, Verifier,
    providers::Stripe,
    scheme::{Part, Scheme, header},
    store::{Claim, EventKey, Hold, Outcome, RedisStore, Retention, Scope, Store},
    testing::{SignedRequest, Signer},
};

use crate::{
    servers::Server,
    stripe_on,
    support::{Effects, NOW, SECRET, ask, counting, stripe},
};

fn sign(id: &str) -> SignedRequest {
    let body = serde_json::json!({"id": id, "type": "t"}).to_string();
    Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery")
}

/// DED-09: ids that are long or look like commands are names, all in the slot of their scope.
#[tokio::test]
async fn an_id_is_no_command() {
    let server = Server::start();
    let effects = Effects::default();
    let store = RedisStore::new(server.connect().await);
    let app = counting(&stripe_on(store).build().expect("a receiver"), &effects, Duration::ZERO);
    let (long, longer) = ("x".repeat(100_000), "x".repeat(100_001));
    let hostile =
        ["\r\n*1\r\n$8\r\nFLUSHALL\r\n", "{tag}", "}{", "a\u{0}b", "' \" \\", "*", "%s", &long, &longer];
    for id in hostile {
        assert_eq!(ask(&app, &sign(id)).await, (204, "handled"), "{id:.20}");
    }
    for id in hostile {
        assert_eq!(ask(&app, &sign(id)).await, (200, "done"), "{id:.20}: nothing was flushed");
    }
    assert_eq!(effects.runs(), hostile.len());
    let keys = server.cli(&["--scan"]);
    for key in keys.lines().filter(|key| key.contains("stripe")) {
        assert!(key.starts_with("hookgate:{6:stripe6:stripe}:"), "{key}");
        assert!(key.len() < 400, "{} bytes", key.len());
    }
    assert_eq!(server.cli(&["dbsize"]), hostile.len().to_string());
}

/// DED-16: a receiver that was started anew. DED-17: one beside it. Both see what was handled.
#[tokio::test]
async fn what_one_handled_is_known_to_all() {
    let server = Server::start();
    let effects = Effects::default();
    let node = async || {
        let store = RedisStore::new(server.connect().await);
        counting(&stripe_on(store).build().expect("a receiver"), &effects, Duration::ZERO)
    };
    let (one, beside) = (node().await, node().await);
    assert_eq!(ask(&one, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(ask(&beside, &stripe("evt_1")).await, (200, "done"));
    drop(one);
    assert_eq!(ask(&node().await, &stripe("evt_1")).await, (200, "done"), "started anew");
    assert_eq!(effects.runs(), 1);
}

/// A content that another delivery took over, without an id, and let go is the first one's again.
#[tokio::test]
async fn a_content_that_was_let_go_is_settled_with_its_id() {
    let server = Server::start();
    let store = RedisStore::new(server.connect().await);
    let scheme =
        Scheme::hmac_sha256("bare").signature(header("x-sig").hex()).signs(&[Part::Body]).id(header("x-id"));
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    let key = |id: Option<&str>| {
        let mut signed = Signer::for_scheme(scheme, SECRET).sign("{}").expect("a delivery");
        signed.headers_mut().retain(|(name, _)| name != "x-id");
        signed.headers_mut().extend(id.map(|id| ("x-id".to_owned(), id.to_owned())));
        let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("a delivery");
        EventKey::of(&delivery, Scope::new("r", "bare", None), true)
    };
    let (lease, kept) =
        (Duration::from_millis(50), Retention::new(Duration::from_secs(3600), Duration::ZERO));
    let win = async |key: &EventKey| match store.claim(key, lease).await.expect("no error") {
        Claim::Won { token, .. } => token,
        claim => panic!("not won: {claim:?}"),
    };
    for (named, other) in [(key(Some("a")), key(None)), (key(Some("b")), key(None))] {
        let first = win(&named).await;
        tokio::time::sleep(lease * 2).await;
        let second = win(&other).await;
        assert_eq!(store.renew(&named, first, lease).await.expect("no error"), Hold::Lost);
        assert_eq!(store.release(&other, second).await.expect("no error"), Hold::Held);
        assert_eq!(store.renew(&named, first, lease).await.expect("no error"), Hold::Held);
        assert!(matches!(store.claim(&other, lease).await.expect("no error"), Claim::Running { .. }));
        assert_eq!(store.release(&named, first).await.expect("no error"), Hold::Held);
    }
    let first = win(&key(Some("c"))).await;
    tokio::time::sleep(lease * 2).await;
    let second = win(&key(None)).await;
    assert_eq!(store.release(&key(None), second).await.expect("no error"), Hold::Held);
    let done = store.complete(&key(Some("c")), first, kept, Outcome::new(200)).await.expect("no error");
    assert_eq!(done, Hold::Held);
    assert!(matches!(store.claim(&key(None), lease).await.expect("no error"), Claim::Replayed { .. }));
}

/// A content remembers little of the id that it was done with, and ids that are alike in that can be made up: one
/// that failed once must not open what was done under the other.
#[tokio::test]
async fn an_id_that_was_made_up_opens_no_content() {
    let server = Server::start();
    let store = RedisStore::new(server.connect().await);
    let mut seen = HashMap::new();
    let (one, other) = (0_u32..)
        .find_map(|number| {
            let id = format!("evt_{number}");
            let half = twox_hash::XxHash3_64::oneshot(id.as_bytes()) as u32;
            seen.insert(half, id.clone()).map(|twin| (twin, id))
        })
        .expect("two that are alike");
    let key = |id: &str, content: u8| {
        let id = EventId::new(id).expect("an id");
        EventKey::of_id(Scope::new("r", "p", None), id).with_content(Some([content; 16]), 1)
    };
    let (lease, kept) = (Duration::from_secs(60), Retention::new(Duration::from_secs(3600), Duration::ZERO));
    let claim = async |key: &EventKey| store.claim(key, lease).await.expect("no error");
    let win = async |key: &EventKey| match claim(key).await {
        Claim::Won { token, .. } => token,
        claim => panic!("not won: {claim:?}"),
    };
    let token = win(&key(&one, 1)).await;
    assert_eq!(
        store.complete(&key(&one, 1), token, kept, Outcome::new(200)).await.expect("no error"),
        Hold::Held
    );
    assert!(matches!(claim(&key(&other, 1)).await, Claim::Replayed { .. }));
    let token = win(&key(&other, 2)).await;
    assert_eq!(store.release(&key(&other, 2), token).await.expect("no error"), Hold::Held);
    assert!(matches!(claim(&key(&other, 1)).await, Claim::Replayed { .. }), "{one} and {other}");
}
