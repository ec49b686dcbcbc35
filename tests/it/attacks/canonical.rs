//! CAN: what exactly is signed. CAN-03, CAN-06, CAN-07, CAN-11 and CAN-12 need the wire and are in
//! `tests/parity`.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{body::Body, http::Request};
use hookgate::{
    Provider,
    providers::{GitHub, Mailgun, Slack, StandardWebhooks, Stripe, Twilio},
    receiver::{OnReplay, OnUndecodable},
    scheme::{
        Part::{Body as Whole, Form, Header, Id, Lit},
        Payload, Scheme, header,
    },
    testing::Signer,
};
use serde::Deserialize;

use super::{Gate, WHSEC, families, mac, post, value, with, with_body};
use crate::support::{NOW, SECRET, request};

/// CAN-01: the same signed bytes, taken apart elsewhere.
#[tokio::test]
async fn a_separator_in_a_value_moves_no_boundary() {
    let gate = Gate::with(StandardWebhooks::SCHEME, |builder| builder.secret(WHSEC));
    let sent = |id: &str, time: &str, body: &str, signature: &str| {
        let headers = [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)];
        post(&headers.map(|(name, value)| (name, value.as_bytes())), body.to_owned())
    };
    // What was signed is `msg_1.1699996000.1700000000.{"a":1}`. Computed.
    let captured = "v1,0OcdVleMEn8NXuQpsOVM81+bQtArlJ2CA1CsrnxsOQ8=";
    let moved = sent("msg_1.1699996000", "1700000000", r#"{"a":1}"#, captured);
    assert_eq!(gate.refuses("CAN-01", moved).await, "id_malformed");
    // Every way to take such a message apart in three: at most the one that was signed passes.
    let whole = r#"msg_1.1700000000.1700000000.{"a":1.5}"#;
    let signature = {
        let signer = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id("msg_1").target("/hooks");
        let signed = signer.sign(r#"1700000000.{"a":1.5}"#).expect("a delivery");
        value(&signed, "webhook-signature").to_owned()
    };
    let dots: Vec<usize> = whole.match_indices('.').map(|(at, _)| at).collect();
    let mut accepted = Vec::new();
    for (place, first) in dots.iter().enumerate() {
        for second in &dots[place + 1..] {
            let (id, time, body) = (&whole[..*first], &whole[first + 1..*second], &whole[second + 1..]);
            if gate.ask(sent(id, time, body, &signature)).await.0 != 401 {
                accepted.push((id, time, body));
            }
        }
    }
    assert_eq!(accepted, [("msg_1", "1700000000", r#"1700000000.{"a":1.5}"#)]);

    // The same in words of one's own: an id and a kind, and between them a mark that both may hold.
    let own = Scheme::hmac_sha256("two")
        .signature(header("x-sig").hex())
        .signs(&[Id, Lit("|"), Header("x-kind"), Lit("|"), Whole])
        .id(header("x-id"));
    let gate = Gate::new(own);
    let text = "a|b|c|d|{}";
    let signature = mac(SECRET, text);
    let marks: Vec<usize> = text.match_indices('|').map(|(at, _)| at).collect();
    let mut accepted = Vec::new();
    for (place, first) in marks.iter().enumerate() {
        for second in &marks[place + 1..] {
            let parts = (&text[..*first], &text[first + 1..*second], &text[second + 1..]);
            let headers = [("x-id", parts.0), ("x-kind", parts.1), ("x-sig", &signature)];
            let forged = post(&headers.map(|(name, value)| (name, value.as_bytes())), parts.2);
            if gate.ask(forged).await.0 != 401 {
                accepted.push(parts);
            }
        }
    }
    assert_eq!(accepted, [("a", "b", "c|d|{}")]);
}

/// CAN-02: the same JSON, written another way. CAN-04: the same text in other characters.
#[tokio::test]
async fn bytes_are_signed_and_not_what_they_mean() {
    for family in families() {
        let (gate, body) = (family.gate(), "{\"id\":\"evt_1\",\n\"name\":\"café\"}");
        let signed = family.sign(body);
        for (what, other) in [
            ("CAN-02 spaces", "{\"id\": \"evt_1\", \"name\": \"café\"}".to_owned()),
            ("CAN-02 no spaces", body.replace('\n', "")),
            ("CAN-02 order", "{\"name\":\"café\",\n\"id\":\"evt_1\"}".to_owned()),
            ("CAN-02 escapes", body.replace('é', "\\u00e9")),
            ("CAN-02 other escapes", body.replace("evt", "\\u0065vt")),
            ("CAN-02 a line at the end", format!("{body}\n")),
            ("CAN-02 a key twice", body.replace('}', ",\"id\":\"evt_1\"}")),
            ("CAN-04 a byte order mark", format!("\u{feff}{body}")),
            ("CAN-04 decomposed", body.replace('é', "e\u{301}")),
            ("CAN-04 CRLF", body.replace('\n', "\r\n")),
            ("CAN-04 CR", body.replace('\n', "\r")),
        ] {
            assert_ne!(other, body);
            assert_eq!(gate.refuses(what, with_body(&signed, other)).await, "signature_mismatch");
        }
        gate.handles(family.name(), request(&signed)).await;
        // And what is signed in such characters is handed on in them.
        let marked = "\u{feff}{\"id\":\"evt_2\",\r\n\"name\":\"cafe\u{301}\"}";
        assert_eq!(gate.deliver(&family.sign(marked)).await.0 / 100, 2, "{}", family.name());
    }
}

#[derive(Deserialize)]
struct WithId {
    #[allow(dead_code)]
    id: String,
}

/// CAN-05: bytes that are no text. CAN-14: no bytes. Both are authentic, and no event.
#[tokio::test]
async fn what_is_authentic_may_still_be_no_event() {
    let letters = Arc::new(AtomicUsize::new(0));
    for (family, policy) in families().iter().flat_map(|family| {
        [OnUndecodable::Release, OnUndecodable::CompleteAsFailed].map(|policy| (family, policy))
    }) {
        for body in [&b"\xff\x00\xfe{"[..], b"\x00", b"", &[0xff; 1000]] {
            let counted = Arc::clone(&letters);
            let gate = Gate::typed(
                family.scheme,
                |builder| {
                    let builder = builder.secret(family.secret).on_undecodable(policy);
                    builder.dead_letter(move |_| {
                        counted.fetch_add(1, SeqCst);
                    })
                },
                |_: WithId| {},
            );
            let signed = family.sign(body);
            let (first, second) = match policy {
                OnUndecodable::Release => ((422, "undecodable"), (422, "undecodable")),
                _ => ((200, "given_up"), (200, "done")),
            };
            letters.store(0, SeqCst);
            for (status, disposition) in [first, second] {
                let (answered, became, _) = gate.deliver(&signed).await;
                assert_eq!((answered, became), (status, disposition), "{} {body:?}", family.name());
            }
            assert_eq!(gate.effects.runs(), 0);
            // Each that is not a duplicate is handed to the hook.
            let expected = if policy == OnUndecodable::Release { 2 } else { 1 };
            assert_eq!(letters.load(SeqCst), expected);
        }
        // An empty body, announced as one and not announced.
        let gate = Gate::with(family.scheme, |builder| builder.secret(family.secret));
        let announced = with(&family.sign(""), "content-length", "0");
        gate.handles("CAN-14", request(&announced)).await;
        assert_eq!(gate.deliver(&family.sign("")).await, (200, "done", ""));
    }
}

/// CAN-08: a form whose fields are signed one after another, without a mark between name and value.
#[tokio::test]
async fn forms_that_are_signed_alike_are_one_event() {
    let twilio = |builder: hookgate::ReceiverBuilder<_>| {
        builder.secret(SECRET).public_url("https://hooks.example.com")
    };
    let signer = Signer::new::<Twilio>(SECRET).public_url("https://hooks.example.com").target("/hooks");
    let signed = signer.sign("a=bc&d=e").expect("a delivery");
    // Read as one list of fields these are signed alike: the first to come is the event.
    for (other, id) in [
        ("ab=c&d=e", None),
        ("a=bc&d=e&a=bc", None),
        ("d=e&a=bc", None),
        ("a=b%63&d=e", None),
        ("ab=c&d=e", Some("another")),
    ] {
        let gate = Gate::with(Twilio::SCHEME, twilio);
        gate.handles("as it was sent", request(&signed)).await;
        let signed = id.map_or(signed.clone(), |id| with(&signed, "i-twilio-idempotency-token", id));
        let (status, became, _) = gate.ask(with_body(&signed, other)).await;
        assert_eq!(status, 200, "{other}");
        assert!(["done", "replayed"].contains(&became), "{other}: {became}");
        assert_eq!(gate.effects.runs(), 1, "{other}");
    }
    let gate = Gate::with(Twilio::SCHEME, twilio);
    for other in ["a=b&d=ce", "a=bc&d=e&f=", "a=bc&d=e&f=g", "a=bc", "a=bc&d=e&d=f", "A=bc&d=e"] {
        assert_eq!(gate.refuses(other, with_body(&signed, other)).await, "signature_mismatch", "{other}");
    }
    // Fields that a scheme of one's own names are there once.
    let own = Scheme::hmac_sha256("form")
        .signature(header("x-sig").hex())
        .signs(&[Form("a"), Lit("|"), Form("b")])
        .payload(Payload::Form);
    let (gate, signature) = (Gate::new(own), mac(SECRET, "1|2"));
    let sent = |body: &'static str| post(&[("x-sig", signature.as_bytes())], body);
    for twice in ["a=1&a=3&b=2", "a=3&a=1&b=2", "a=1&b=2&b=2"] {
        gate.refuses(twice, sent(twice)).await;
    }
    gate.handles("each once", sent("b=2&a=1")).await;
}

fn mailgun(signed: &hookgate::testing::SignedRequest, event: &str) -> Request<Body> {
    let text = std::str::from_utf8(signed.body()).expect("text").replace(r#""id":"a""#, event);
    with_body(signed, text)
}

/// CAN-09: a signature over a time and a token, put around another body.
#[tokio::test]
async fn a_token_is_good_for_one_body() {
    let body = r#"{"signature":{"timestamp":"1700000000","token":"c5cf8c9a"},"event-data":{"id":"a"}}"#;
    let seen = Signer::new::<Mailgun>(SECRET).at(NOW).target("/hooks").sign(body).expect("a delivery");
    let others = [
        (r#""id":"b""#, "replayed", ""),
        (r#""id":"a","severity":"none""#, "done", "mismatch"),
        (r#""ID":"a""#, "replayed", ""),
    ];
    let gate = Gate::new(Mailgun::SCHEME);
    let strict = Gate::with(Mailgun::SCHEME, |builder| {
        builder.secret(SECRET).on_replay(OnReplay::Refuse).strict_ids()
    });
    for (gate, status) in [(gate, 200), (strict, 409)] {
        gate.handles("as it was sent", request(&seen)).await;
        for (event, became, why) in others {
            assert_eq!(gate.ask(mailgun(&seen, event)).await, (status, became, why), "{event}");
        }
        assert_eq!(gate.deliver(&seen).await, (200, "done", ""), "the same once more");
        assert_eq!(gate.effects.runs(), 1);
        // Another token is another event.
        let next = body.replace("c5cf8c9a", "0f1e2d3c").replace(r#""id":"a""#, r#""id":"c""#);
        let next = Signer::new::<Mailgun>(SECRET).at(NOW).target("/hooks").sign(next).expect("a delivery");
        gate.handles("another", request(&next)).await;
    }
}

/// CAN-10: a captured ping under the header of a push. The handler of a push gets none.
#[tokio::test]
async fn a_swapped_type_reaches_no_handler() {
    #[derive(Deserialize)]
    enum Hub {
        #[serde(rename = "push")]
        Push { r#ref: String },
        #[serde(rename = "ping")]
        Ping,
        #[serde(rename = "delete")]
        Delete { r#ref: String },
    }
    let pushes = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pushes);
    let gate = Gate::typed(
        GitHub::SCHEME,
        |builder| builder.secret(SECRET),
        move |event| match event {
            Hub::Push { r#ref } => assert_eq!((r#ref.as_str(), counted.fetch_add(1, SeqCst)), ("main", 0)),
            Hub::Ping => {}
            Hub::Delete { r#ref } => panic!("nothing was deleted, but {ref} was"),
        },
    );
    let sign = |kind: &str, body: &'static str| {
        let signer = Signer::new::<GitHub>(SECRET).id(format!("{kind}-{}", body.len())).event_type(kind);
        signer.target("/hooks").sign(body).expect("a delivery")
    };
    let swapped = sign("push", r#"{"zen":"x"}"#);
    assert_eq!(gate.deliver(&swapped).await, (422, "undecodable", "undecodable"));
    for odd in ["PUSH", "push ", "unheard_of", "push,ping"] {
        let (status, ..) = gate.deliver(&sign(odd, r#"{"ref":"main"}"#)).await;
        assert_eq!(status, 422, "{odd}");
    }
    assert_eq!((gate.effects.runs(), pushes.load(SeqCst)), (0, 0));
    gate.handles("a push", request(&sign("push", r#"{"ref":"main"}"#))).await;
    // What the body does not tell apart, the header must not: the content was handled under another type.
    let again = with(&sign("push", r#"{"ref":"main"}"#), "x-github-event", "delete");
    assert_eq!(gate.deliver(&again).await, (200, "done", ""));
    assert_eq!(gate.deliver(&with(&again, "x-github-delivery", "fresh")).await, (200, "replayed", ""));
    assert_eq!(gate.effects.runs(), 1);
}

/// CAN-13: the header says JSON and the body is a form, or the other way round, or says nothing. The signed
/// bytes decide, within what the provider sends.
#[tokio::test]
async fn the_content_type_decides_nothing() {
    #[derive(Deserialize)]
    struct Zen {
        zen: u8,
    }
    let form = "payload=%7B%22zen%22%3A1%7D";
    for kind in
        ["application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""]
    {
        for (body, number) in [(r#"{"zen":1}"#, 0), (form, 1)] {
            let gate = Gate::typed(
                GitHub::SCHEME,
                |builder| builder.secret(SECRET),
                |event: Zen| {
                    assert_eq!(event.zen, 1);
                },
            );
            let signer = Signer::new::<GitHub>(SECRET).event_type("ping").target("/hooks");
            let signed = signer.sign(body).expect("a delivery");
            let signed = if kind.is_empty() { signed } else { with(&signed, "content-type", kind) };
            gate.handles(&format!("{kind} {number}"), request(&signed)).await;
        }
        // A provider that sends JSON alone is not read as a form, whatever it is called.
        for scheme in [Stripe::SCHEME, super::OWN] {
            let gate = Gate::typed(scheme, |builder| builder.secret(SECRET), |_: Zen| {});
            let signed = Signer::for_scheme(scheme, SECRET).at(NOW).target("/hooks").sign(form);
            let signed = with(&signed.expect("a delivery"), "content-type", kind);
            assert_eq!(gate.deliver(&signed).await.0, 422, "{kind}");
            assert_eq!(gate.effects.runs(), 0);
        }
    }
    // Slack sends both, and a body that is neither is no event.
    let gate = Gate::typed(Slack::SCHEME, |builder| builder.secret(SECRET), |_: Zen| {});
    let signed = Signer::new::<Slack>(SECRET).at(NOW).target("/hooks").sign("zen").expect("a delivery");
    assert_eq!(gate.deliver(&signed).await.0, 422);
}
