//! OUT: what a stranger can learn from answers and from the time they take. Logs are in `tests/logs.rs`.

use std::{collections::BTreeSet, fs, path::Path};

use axum::{body::Body, http::Request};
use hookgate::{
    Provider, StoreErrorKind, Verifier,
    providers::{GitHub, Meta, Slack, StandardWebhooks, Stripe, Zoom},
    receiver::OnReplay,
    testing::{Op, Signer, work},
};
use http_body_util::BodyExt;
use serde::Deserialize;

use super::{BODY, Gate, WHSEC, families, post, with, with_body, without};
use crate::support::{NOW, SECRET, forgeries, request};

/// OUT-01: whatever is wrong, of whatever provider, the answer is the same to the byte. All the tests of this
/// module compare with it; here everything goes through one gate after another.
#[tokio::test]
async fn every_refusal_is_the_same() {
    let gate = Gate::new(Stripe::SCHEME);
    let mut reasons = BTreeSet::new();
    for (name, forged) in forgeries() {
        reasons.insert(gate.turns_away(name, &forged).await);
    }
    for family in families() {
        let (gate, signed) = (family.gate(), family.sign(BODY));
        for forged in [
            family.unsigned(&signed),
            with(&signed, family.header, ""),
            with(&signed, family.header, "<script>alert(1)</script>"),
            with(&signed, family.header, &"x".repeat(10_000)),
            family.with_digest(&signed, &[0; 32]),
            family.with_text(&signed, "zz"),
        ] {
            reasons.insert(gate.turns_away(family.name(), &forged).await);
        }
        for seconds in [-3600, 3600] {
            let now = hookgate::UnixTime::from_secs(NOW.as_secs() + seconds);
            gate.bench.clock.set_wall(Some(now));
            if !["github", "shopify"].contains(&family.name()) {
                reasons.insert(gate.turns_away(family.name(), &signed).await);
            }
        }
    }
    let told = [
        "from_the_future",
        "signature_malformed",
        "signature_mismatch",
        "signature_missing",
        "signature_repeated",
        "signature_too_long",
        "timestamp_malformed",
        "timestamp_missing",
        "too_many_signatures",
        "too_old",
    ];
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), told, "all of these look alike from outside");
}

/// OUT-02: where a digest differs does not change what is done. Secrets are compared in one place, which takes
/// the same time for all, and what is compared there can be compared nowhere else.
#[test]
fn a_digest_is_compared_in_one_place() {
    for family in families() {
        let verifier =
            Verifier::builder_for(family.scheme).secret(family.secret).build().expect("a verifier");
        let signed = family.sign(BODY);
        let (_, digest) = family.parts(&signed);
        let mut costs = Vec::new();
        for byte in 0..32 {
            let mut wrong = digest.clone();
            wrong[byte] ^= 0x80;
            let (forged, before) = (family.with_digest(&signed, &wrong), work());
            assert!(verifier.verify(forged.head(), BODY, NOW).is_err());
            costs.push((work().0 - before.0, work().1 - before.1));
        }
        let before = work();
        assert!(verifier.verify(signed.head(), BODY, NOW).is_ok());
        costs.push((work().0 - before.0, work().1 - before.1));
        assert!(costs.iter().all(|cost| *cost == costs[0] && cost.1 == 1), "{}: {costs:?}", family.name());
    }
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut comparing = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if fs::read_to_string(&entry).expect("a source file").contains("subtle::") {
                comparing.push(entry.strip_prefix(&src).expect("inside").display().to_string());
            }
        }
    }
    assert_eq!(comparing, ["crypto/compare.rs"]);
    let compare = fs::read_to_string(src.join("crypto/compare.rs")).expect("a source file");
    let tag = compare.split("pub(crate) struct Tag").next().expect("what stands before it");
    assert!(tag.ends_with("#[derive(Clone, Copy)]\n"), "a tag has no == of its own: {tag}");
    assert!(!compare.contains("PartialEq for Tag"));
}

/// OUT-03: which of several secrets matched does not change what is done: all are tried.
#[test]
fn all_secrets_are_tried_whichever_matches() {
    let others =
        ["whsec_another_0123456789abcdef012345678", "a third one, long enough", "and a fourth, as long"];
    for scheme in [GitHub::SCHEME, Stripe::SCHEME, Slack::SCHEME, super::OWN] {
        let mut costs = Vec::new();
        for place in 0..=4 {
            let mut secrets: Vec<&str> = others.to_vec();
            match place {
                4 => secrets.push("none of them signs it"),
                _ => secrets.insert(place, SECRET),
            }
            let builder =
                secrets.iter().fold(Verifier::builder_for(scheme), |all, secret| all.secret(*secret));
            let verifier = builder.build().expect("a verifier");
            let signed = Signer::for_scheme(scheme, SECRET).at(NOW).sign(BODY).expect("a delivery");
            let before = work();
            let verified = verifier.verify(signed.head(), BODY, NOW).map(|delivery| delivery.key_index());
            costs.push((work().0 - before.0, work().1 - before.1));
            assert_eq!(verified.ok(), (place < 4).then_some(place));
        }
        assert!(costs.iter().all(|cost| *cost == costs[0] && cost.1 == 4), "{}: {costs:?}", scheme.name());
    }
}

/// Everything that an answer says.
async fn said(gate: &Gate, request: Request<Body>) -> (u16, String) {
    let (head, body) = gate.send(request).await.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let headers: Vec<String> = head
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    (head.status.as_u16(), format!("{}\n\n{}", headers.join("\n"), String::from_utf8_lossy(&body)))
}

/// OUT-05: nothing of a request is in any answer of the gate's own. OUT-08: none of them is a 410 or a
/// redirect, on which providers switch an endpoint off.
#[tokio::test]
async fn no_answer_says_what_was_asked() {
    #[derive(Deserialize)]
    struct Wants {
        #[allow(dead_code)]
        amount: u64,
    }
    const MARK: &str = "<script>alert('mark')</script>";
    let body = format!(r#"{{"id":"{MARK}","type":"{MARK}","amount":"{MARK}"}}"#);
    let sign = |body: &str| {
        let signer = Signer::new::<Stripe>(SECRET).at(NOW).target(format!("/hooks?q={}", "mark"));
        signer.header("x-mark", MARK).sign(body.to_owned()).expect("a delivery")
    };
    let other = body.replace("amount", "count");
    let standard = |body: &str, id: &str| {
        let signer = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id(id).target("/hooks");
        signer.header("x-mark", MARK).sign(body.to_owned()).expect("a delivery")
    };
    let mut seen = BTreeSet::new();
    let mut check = |what: &str, (status, text): (u16, String)| {
        assert!(!text.contains("mark") && !text.contains('<'), "{what}: {text}");
        assert!(text.contains("cache-control: no-store"), "{what}: {text}");
        assert!(status != 410 && !(300..400).contains(&status), "{what}: {status}");
        seen.insert(status);
    };
    let gate = Gate::new(Stripe::SCHEME);
    gate.handles("handled", request(&sign(&body))).await;
    check("a duplicate", said(&gate, request(&sign(&body))).await);
    check("a mismatch", said(&gate, request(&sign(&other))).await);
    check("unsigned", said(&gate, request(&without(&sign(&body), "stripe-signature"))).await);
    check("forged", said(&gate, with_body(&sign(&body), other.clone())).await);
    check("markup", said(&gate, request(&with(&sign(&body), "stripe-signature", MARK))).await);
    check("encoded", said(&gate, request(&with(&sign(&body), "content-encoding", MARK))).await);
    let (mut head, _) = request(&sign(&body)).into_parts();
    head.method = "DELETE".parse().expect("a method");
    check("another method", said(&gate, Request::from_parts(head, Body::empty())).await);
    check(
        "an id that is none",
        said(&gate, request(&sign(&body.replace(&format!("\"{MARK}\","), "[1],")))).await,
    );
    check("too large", said(&gate, request(&sign(&MARK.repeat(40_000)))).await);
    gate.bench.store.fail(Op::Claim, StoreErrorKind::Unavailable);
    check("no store", said(&gate, request(&sign(&other.replace("alert", "again")))).await);
    gate.bench.clock.set_wall(None);
    check("no time", said(&gate, request(&sign(&body))).await);
    let typed = Gate::typed(Stripe::SCHEME, |builder| builder.secret(SECRET), |_: Wants| {});
    check("not decodable", said(&typed, request(&sign(&body))).await);
    let filtered = Gate::with(Stripe::SCHEME, |builder| builder.secret(SECRET).only(|_| false));
    check("filtered", said(&filtered, request(&sign(&body))).await);
    let broken = Gate::with(Stripe::SCHEME, |builder| builder.secret(SECRET).only(|_| panic!("{MARK}")));
    check("a panic", said(&broken, request(&sign(&body))).await);
    let strict = Gate::with(StandardWebhooks::SCHEME, |builder| builder.secret(WHSEC).strict_ids());
    strict.handles("handled", request(&standard(&body, MARK))).await;
    check("a mismatch, strictly", said(&strict, request(&standard(&other, MARK))).await);
    let strict = Gate::with(GitHub::SCHEME, |builder| builder.secret(SECRET).on_replay(OnReplay::Refuse));
    let hub = |id: &str| {
        let signer = Signer::new::<GitHub>(SECRET).id(id).event_type(MARK).target("/hooks");
        signer.sign(body.clone()).expect("a delivery")
    };
    strict.handles("handled", request(&hub("1"))).await;
    check("a replay, strictly", said(&strict, request(&hub(MARK))).await);
    let seen: Vec<u16> = seen.into_iter().collect();
    assert_eq!(seen, [200, 204, 401, 405, 409, 413, 415, 422, 500, 503]);
}

/// OUT-09: a challenge is answered only where it is signed, or brings the token that was agreed on; as plain
/// text or JSON, and never with markup.
#[tokio::test]
async fn a_challenge_is_no_echo() {
    let slack = |challenge: &str| {
        let body = serde_json::json!({"type": "url_verification", "challenge": challenge}).to_string();
        Signer::new::<Slack>(SECRET).at(NOW).target("/hooks").sign(body).expect("signed")
    };
    let zoom = |token: &str| {
        let body = serde_json::json!({"event": "endpoint.url_validation", "payload": {"plainToken": token}});
        Signer::new::<Zoom>(SECRET).at(NOW).target("/hooks").sign(body.to_string()).expect("signed")
    };
    let hostile =
        ["<script>alert(1)</script>", "a\r\nset-cookie: x=y", "caf\u{e9}", "\u{0}", "", &"a".repeat(1025)];
    let gate = Gate::new(Slack::SCHEME);
    let (status, text) = said(&gate, request(&slack("abc"))).await;
    assert!(
        status == 200 && text.contains("content-type: text/plain") && text.ends_with("\n\nabc"),
        "{text}"
    );
    assert!(text.contains("x-content-type-options: nosniff"), "{text}");
    gate.turns_away("unsigned", &without(&slack("abc"), "x-slack-signature")).await;
    let forged = with(&slack("abc"), "x-slack-signature", &format!("v0={}", "0".repeat(64)));
    gate.turns_away("forged", &forged).await;
    let zooms = Gate::new(Zoom::SCHEME);
    let (status, text) = said(&zooms, request(&zoom("abc"))).await;
    assert!(status == 200 && text.contains(r#""plainToken":"abc""#), "{text}");
    zooms.turns_away("unsigned", &without(&zoom("abc"), "x-zm-signature")).await;
    let forged = with(&zoom("abc"), "x-zm-signature", &format!("v0={}", "0".repeat(64)));
    zooms.turns_away("forged", &forged).await;
    for text in hostile {
        // Authentic, so that it is an event; but its text is not sent back.
        for (gate, signed) in [(&gate, slack(text)), (&zooms, zoom(text))] {
            let (status, said) = said(gate, request(&signed)).await;
            let body = said.split_once("\n\n").expect("a body").1;
            assert!(status / 100 == 2 && body.is_empty(), "{text:?}: {said}");
        }
    }

    let meta = Gate::with(Meta::SCHEME, |builder| builder.secret(SECRET).config("verify_token", "right"));
    let asked = |token: &str, challenge: &str| {
        let encoded: String = challenge.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let query = format!("hub.mode=subscribe&hub.verify_token={token}&hub.challenge={encoded}");
        Request::get(format!("/hooks?{query}")).body(Body::empty()).expect("a request")
    };
    let (status, text) = said(&meta, asked("right", "17")).await;
    assert!(status == 200 && text.contains("content-type: text/plain") && text.ends_with("\n\n17"), "{text}");
    for token in ["", "wrong", "righ", "rightt", "RIGHT", "right%00"] {
        let (status, text) = said(&meta, asked(token, "17")).await;
        assert!(status == 405 && text.ends_with("\n\n"), "{token}: {text}");
    }
    for text in hostile {
        assert_eq!(said(&meta, asked("right", text)).await.0, 405, "{text:?}");
    }
    let unset = Gate::new(Meta::SCHEME);
    assert_eq!(said(&unset, asked("", "17")).await.0, 405, "no token is not the empty token");
    assert_eq!(unset.ask(post(&[], "{}")).await.0, 401);
    assert_eq!((meta.effects.runs(), meta.bench.store.all_calls()), (0, 0), "no challenge is an event");
}
