//! PAY: authentic deliveries with odd payloads.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use hookgate::{
    Delivery, Provider, Verifier,
    providers::{GitHub, Stripe},
    receiver::OnUndecodable,
    testing::Signer,
};
use serde::Deserialize;

use super::{Gate, families};
use crate::support::{NOW, SECRET, request};

#[derive(Debug, Deserialize, PartialEq)]
struct Invoice {
    id: String,
    amount: u64,
}

/// PAY-01: authentic, and no JSON. Handed to the hook and released, so that the next delivery may try; or
/// given up where that is asked for.
#[tokio::test]
async fn what_does_not_decode_is_answered_by_policy() {
    for family in families() {
        for policy in [OnUndecodable::Release, OnUndecodable::CompleteAsFailed] {
            let letters = Arc::new(Mutex::new(Vec::new()));
            let kept = Arc::clone(&letters);
            let gate = Gate::typed(
                family.scheme,
                |builder| {
                    builder.secret(family.secret).on_undecodable(policy).dead_letter(move |letter| {
                        assert_eq!(letter.is_given_up(), policy == OnUndecodable::CompleteAsFailed);
                        kept.lock().expect("letters").push(letter.delivery().body().clone());
                    })
                },
                |_: Invoice| {},
            );
            let signed = family.sign("not json");
            let expected = match policy {
                OnUndecodable::Release => [(422, "undecodable"), (422, "undecodable")],
                _ => [(200, "given_up"), (200, "done")],
            };
            for (status, became) in expected {
                let answer = gate.deliver(&signed).await;
                assert_eq!((answer.0, answer.1), (status, became), "{}", family.name());
            }
            let letters = letters.lock().expect("letters").clone();
            let count = if policy == OnUndecodable::Release { 2 } else { 1 };
            assert_eq!(letters, vec!["not json"; count], "{}", family.name());
            assert_eq!(gate.effects.runs(), 0);
        }
    }
}

/// PAY-02: a type that was made up yesterday. PAY-03: fields that are new are left aside; fields that are
/// missing are PAY-01.
#[tokio::test]
async fn schemas_may_grow() {
    #[derive(Deserialize)]
    enum Event {
        #[serde(rename = "invoice.paid")]
        Paid(Invoice),
        #[serde(other)]
        Other,
    }
    let others = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&others);
    let gate = Gate::typed(
        Stripe::SCHEME,
        |builder| builder.secret(SECRET),
        move |event| match event {
            Event::Paid(invoice) => assert_eq!(invoice.amount, 3),
            Event::Other => {
                counted.fetch_add(1, SeqCst);
            }
        },
    );
    let sign = |body: &str| {
        let signer = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks");
        signer.sign(body.to_owned()).expect("a delivery")
    };
    let unknown = sign(r#"{"id":"evt_1","type":"invoice.made_up_yesterday","amount":"?"}"#);
    gate.handles("PAY-02", request(&unknown)).await;
    assert_eq!(others.load(SeqCst), 1);
    let more = r#"{"id":"evt_2","type":"invoice.paid","amount":3,"new":{"deep":[1,{"x":null}]},"_":1e3}"#;
    gate.handles("PAY-03", request(&sign(more))).await;
    for missing in
        [r#"{"id":"evt_3","type":"invoice.paid"}"#, r#"{"id":"evt_3","type":"invoice.paid","Amount":3}"#]
    {
        assert_eq!(gate.deliver(&sign(missing)).await, (422, "undecodable", "undecodable"));
    }
    assert_eq!(gate.effects.runs(), 2);
    // Whoever wants known types alone says so, and the others are acknowledged without a claim.
    let known = |kind: Option<&str>| kind == Some("invoice.paid");
    let gate = Gate::with(Stripe::SCHEME, move |builder| builder.secret(SECRET).only(known));
    assert_eq!(gate.deliver(&unknown).await, (204, "filtered", ""));
    assert_eq!((gate.effects.runs(), gate.bench.store.all_calls()), (0, 0));
    // An enum that has no room for others.
    #[derive(Deserialize)]
    enum Closed {
        #[serde(rename = "invoice.paid")]
        Paid {},
    }
    let gate = Gate::typed(Stripe::SCHEME, |builder| builder.secret(SECRET), |Closed::Paid {}| {});
    assert_eq!(gate.deliver(&unknown).await, (422, "undecodable", "undecodable"));
}

fn delivery(body: impl Into<bytes::Bytes>) -> Delivery {
    let signed = Signer::new::<GitHub>(SECRET).event_type("t").sign(body).expect("a delivery");
    let verifier = Verifier::builder::<GitHub>().secret(SECRET).build().expect("a verifier");
    verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic")
}

/// Reads it as many types, none of which may panic; says which fit.
fn fits(body: impl Into<bytes::Bytes>) -> String {
    let delivery = delivery(body);
    macro_rules! read {
        ($($type:ty),*) => {{
            let mut fits = Vec::new();
            $(
                let read = catch_unwind(AssertUnwindSafe(|| delivery.event::<$type>()));
                match read.unwrap_or_else(|_| panic!("{} panics", stringify!($type))) {
                    Ok(_) => fits.push(stringify!($type)),
                    // An error that can be told.
                    Err(error) => assert!(error.to_string().contains("does not fit its type at ")),
                }
            )*
            fits
        }};
    }
    read!(
        Number<u64>,
        Number<i64>,
        Number<f64>,
        Number<i8>,
        Number<String>,
        Number<Option<u8>>,
        Number<Vec<u8>>
    )
    .join(" ")
}

#[derive(Deserialize)]
struct Number<T> {
    #[allow(dead_code)]
    n: T,
}

/// PAY-04: numbers at their ends. PAY-05: nothing where something should be.
#[test]
fn odd_values_are_typed_errors() {
    for (value, expected) in [
        ("1e400", ""),
        ("-1e400", ""),
        ("18446744073709551615", "Number<u64> Number<f64>"),
        ("18446744073709551616", "Number<f64>"),
        ("9223372036854775808", "Number<u64> Number<f64>"),
        ("9223372036854775807", "Number<u64> Number<i64> Number<f64>"),
        ("-9223372036854775808", "Number<i64> Number<f64>"),
        ("-9223372036854775809", "Number<f64>"),
        ("-0", "Number<f64>"),
        ("0.1000000000000000055511151231257827", "Number<f64>"),
        ("1.0", "Number<f64>"),
        ("1e2", "Number<f64>"),
        ("1e-400", "Number<f64>"),
        ("128", "Number<u64> Number<i64> Number<f64> Number<Option<u8>>"),
        ("256", "Number<u64> Number<i64> Number<f64>"),
        ("01", ""),
        ("+1", ""),
        ("0x10", ""),
        ("NaN", ""),
        ("Infinity", ""),
        ("\"1\"", "Number<String>"),
        // PAY-05
        ("null", "Number<Option<u8>>"),
        ("[null]", ""),
        ("[1,null]", ""),
        ("[]", "Number<Vec<u8>>"),
        ("{}", ""),
        ("{\"n\":null}", ""),
        ("[[[]]]", ""),
    ] {
        assert_eq!(fits(format!("{{\"n\":{value}}}")), expected, "{value}");
    }
    for body in
        ["null", "[]", "[null]", "[1]", "1", "\"n\"", "true", "{\"n\"}", "{\"n\":1,\"n\":2}", "{null:1}"]
    {
        let fits = fits(body);
        // A list may stand for a structure, its fields in order.
        assert!(fits.is_empty() || ["[1]", "[null]"].contains(&body), "{body}: {fits}");
    }
    let digits = format!("{{\"n\":{}}}", "9".repeat(100_000));
    assert_eq!(fits(digits), "");
}

/// PAY-06: bytes that are no text, halves of characters, and marks in front.
#[test]
fn odd_text_is_a_typed_error() {
    for body in [
        &b"{\"n\":\"\xff\xfe\"}"[..],
        b"{\"n\":\"\xc3\"}",
        b"{\"n\":\"\xed\xa0\x80\"}",
        b"{\"n\":\"\xf4\x90\x80\x80\"}",
        b"{\"n\":\"\xc0\xaf\"}",
        b"{\"n\":\"\\ud800\"}",
        b"{\"n\":\"\\udc00\\ud800\"}",
        b"{\"n\":\"\\ud800\\u0041\"}",
        b"{\"n\":\"\\u12\"}",
        b"{\"n\":\"\\x41\"}",
        b"{\"n\":\"a\x00b\"}",
        b"{\"n\":\"a\nb\"}",
        b"\xef\xbb\xbf{\"n\":\"a\"}",
        b"\xff\xfe{\x00}\x00",
        b"{\"\xff\":1}",
        b"\x00",
    ] {
        assert_eq!(fits(body), "", "{body:?}");
    }
    for body in ["{\"n\":\"\\ud83d\\ude00\"}", "{\"n\":\"\\u0000\"}", "{\"n\":\"\u{1f600}\"}"] {
        assert_eq!(fits(body), "Number<String>", "{body}");
    }
    // Text that cannot be read is still an authentic delivery: the handler that wants bytes gets them.
    assert_eq!(delivery(&b"\xff"[..]).body(), &b"\xff"[..]);
}
