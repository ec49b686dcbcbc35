//! TIM: when it was signed. TIM-11 needs a slow body and is in `tests/parity/cases.rs`, TIM-13 too.

use std::time::Duration;

use axum::{body::Body, http::Request};
use hookgate::{
    ConfigError, Provider, Receiver, UnixTime, Verifier,
    providers::{Linear, PayPal, Slack, StandardWebhooks, Stripe},
    scheme::{
        Part::{Body as Whole, Lit, Timestamp},
        Scheme, header,
    },
    testing::{Op, Signer, work},
};

use super::{BODY, Family, Gate, OWN, families, mac, post, value, with, without};
use crate::support::{Effects, NOW, SECRET, ask, counting, request, stripe, until};

fn timed() -> impl Iterator<Item = Family> {
    let timed = ["stripe", "slack", "standard-webhooks", "own"];
    families().into_iter().filter(move |family| timed.contains(&family.name()))
}

fn at(secs: i64) -> UnixTime {
    UnixTime::from_secs(secs)
}

/// TIM-01: the bounds of the tolerance are inside, in both directions.
#[tokio::test]
async fn the_tolerance_includes_its_bounds() {
    // MACs over these times and the body. Computed.
    let gate = Gate::new(Stripe::SCHEME);
    for (value, why) in [
        ("t=1699999700,v1=417f8c16b93661646d631f838569fd23743474bdf810d94057b0dc50d4dcef69", None),
        ("t=1699999699,v1=c64983bd404ce7621d17c92e34447a2f13cf8872ea2a77287862778d6f8cc467", Some("too_old")),
        (
            "t=1700000301,v1=6f20e55a90a2f4101e0ccbb901aa26d4d16a165e3ae284829600ba8b0001cd29",
            Some("from_the_future"),
        ),
    ] {
        let sent = post(&[("stripe-signature", value.as_bytes())], BODY);
        match why {
            Some(expected) => assert_eq!(gate.refuses(value, sent).await, expected),
            None => gate.handles(value, sent).await,
        }
    }
    for family in timed() {
        for (age, why) in [
            (0, None),
            (299, None),
            (300, None),
            (301, Some("too_old")),
            (100_000_000, Some("too_old")),
            (-299, None),
            (-300, None),
            (-301, Some("from_the_future")),
            (-100_000_000, Some("from_the_future")),
        ] {
            let gate = family.gate();
            gate.bench.clock.set_wall(Some(at(1_700_000_000 + age)));
            let signed = family.sign(BODY);
            match why {
                Some(expected) => {
                    assert_eq!(gate.turns_away(family.name(), &signed).await, expected, "{age}")
                }
                None => gate.handles(family.name(), request(&signed)).await,
            }
        }
    }
}

/// A delivery that is authentic, whatever its timestamp is.
fn dated(family: &Family, time: &str) -> Request<Body> {
    let signed = family.sign(BODY);
    let authentic = match family.name() {
        "stripe" => {
            let mac = mac(SECRET, format!("{time}.{BODY}"));
            with(&signed, family.header, &format!("t={time},v1={mac}"))
        }
        "slack" => {
            let mac = mac(SECRET, format!("v0:{time}:{BODY}"));
            with(&with(&signed, "x-slack-request-timestamp", time), family.header, &format!("v0={mac}"))
        }
        "own" => {
            let mac = mac(SECRET, format!("{time}.{BODY}"));
            with(&with(&signed, "x-own-timestamp", time), family.header, &format!("v1={mac}"))
        }
        other => panic!("{other} is not written here"),
    };
    request(&authentic)
}

fn hex() -> impl Iterator<Item = Family> {
    timed().filter(|family| !family.base64)
}

/// TIM-02: milliseconds where seconds are sent; units are not guessed. TIM-03: numbers in other spellings.
/// TIM-04: numbers that are too large, or negative. All of them under a valid signature.
#[tokio::test]
async fn a_timestamp_is_a_few_digits() {
    let gate = Gate::new(Stripe::SCHEME);
    // Computed.
    let millis = "t=1700000000000,v1=58c23f9f15a8d658f1e845b382e28c5c7587eeeb4072692d8afdec11d4fd148a";
    let why = gate.refuses("TIM-02", post(&[("stripe-signature", millis.as_bytes())], BODY)).await;
    assert_eq!(why, "timestamp_malformed");
    let long = "1".repeat(400);
    for family in hex() {
        let gate = family.gate();
        gate.handles("TIM-01", dated(&family, "1700000000")).await;
        for time in [
            "1700000000000",
            "+1700000000",
            "-1700000000",
            "01700000000",
            "001700000000",
            "1.7e9",
            "1700000000.0",
            "1700000000.",
            "0x6553f100",
            "1_700_000_000",
            "NaN",
            "inf",
            "now",
            "1700000000s",
            "2023-11-14T22:13:20Z",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "-1",
            "-9223372036854775808",
            "340282366920938463463374607431768211456",
            &long,
        ] {
            assert_eq!(
                gate.refuses(time, dated(&family, time)).await,
                "timestamp_malformed",
                "{}",
                family.name()
            );
        }
        assert_eq!(gate.refuses("0", dated(&family, "0")).await, "too_old");
        assert_eq!(gate.refuses("the most", dated(&family, "999999999999")).await, "from_the_future");
    }
    // In a header of their own there may be white space, and bytes that are no ASCII.
    let family = timed().find(|family| family.name() == "own").expect("a family");
    let gate = family.gate();
    for time in [
        " 1700000000",
        "1700000000 ",
        "\t1700000000",
        "17000 00000",
        "١٧٠٠٠٠٠٠٠٠",
        "１７００００００００",
        "1700000000,1700000000",
    ] {
        let (signed, mac) = (family.sign(BODY), mac(SECRET, format!("{time}.{BODY}")));
        let signed = without(&with(&signed, family.header, &format!("v1={mac}")), "x-own-timestamp");
        let (mut head, body) = request(&signed).into_parts();
        head.headers.insert("x-own-timestamp", time.as_bytes().try_into().expect("a value"));
        assert_eq!(gate.refuses(time, Request::from_parts(head, body)).await, "timestamp_malformed");
    }
}

/// TIM-05: no timestamp, or an empty one. What is malformed is not taken for absent, nor the other way round.
#[tokio::test]
async fn a_timestamp_must_be_there() {
    for (family, name) in timed().filter_map(|family| {
        let name = match family.name() {
            "slack" => "x-slack-request-timestamp",
            "own" => "x-own-timestamp",
            "standard-webhooks" => "webhook-timestamp",
            _ => return None,
        };
        Some((family, name))
    }) {
        let (gate, signed) = (family.gate(), family.sign(BODY));
        assert_eq!(gate.turns_away(family.name(), &without(&signed, name)).await, "timestamp_missing");
        assert_eq!(gate.turns_away(family.name(), &with(&signed, name, "")).await, "timestamp_malformed");
        let mut twice = signed.clone();
        twice.headers_mut().push((name.to_owned(), "1699999999".to_owned()));
        gate.turns_away("two that differ", &twice).await;
        gate.handles(family.name(), request(&signed)).await;
    }
    let gate = Gate::new(Stripe::SCHEME);
    for (message, value) in [
        (format!(".{BODY}"), "t=,v1="),
        (format!(".{BODY}"), "v1="),
        (BODY.to_owned(), "v1="),
        (format!("1700000000.{BODY}"), "T=1700000000,v1="),
        (format!("1700000000.{BODY}"), "t,v1="),
    ] {
        let value = format!("{value}{}", mac(SECRET, message));
        gate.refuses(&value, post(&[("stripe-signature", value.as_bytes())], BODY)).await;
    }
}

/// TIM-06: a fresh time where nothing signs it, and an old one that is signed.
#[tokio::test]
async fn only_a_signed_time_counts() {
    for family in timed() {
        let gate = family.gate();
        gate.bench.clock.set_wall(Some(at(1_700_010_000)));
        let old = family.sign(BODY);
        for (name, fresh) in [
            ("date", "Wed, 15 Nov 2023 01:00:00 GMT"),
            ("x-timestamp", "1700010000"),
            ("timestamp", "1700010000"),
            ("x-request-timestamp", "1700010000"),
        ] {
            assert_eq!(gate.turns_away(name, &with(&old, name, fresh)).await, "too_old", "{}", family.name());
        }
    }
    // Linear sends its time in a header too, and does not sign that.
    let gate = Gate::new(Linear::SCHEME);
    let sign = |secs: i64| {
        let signer = Signer::new::<Linear>(SECRET).at(at(secs)).target("/hooks");
        signer.sign(r#"{"type":"Issue","action":"create"}"#).expect("a delivery")
    };
    let old = with(&sign(1_699_970_000), "linear-timestamp", "1700000000000");
    assert_eq!(gate.turns_away("linear", &old).await, "too_old");
    gate.handles("linear", request(&with(&sign(1_700_000_000), "linear-timestamp", "1"))).await;
}

/// TIM-07: no tolerance, or one without end, is no setting. To judge no timestamps has a name of its own.
#[tokio::test]
async fn a_tolerance_is_no_switch() {
    for scheme in [Stripe::SCHEME, Slack::SCHEME, StandardWebhooks::SCHEME, OWN] {
        for given in [Duration::ZERO, Duration::MAX, Duration::from_secs(51 * 365 * 86_400)] {
            let secret = if scheme.name() == "standard-webhooks" { super::WHSEC } else { SECRET };
            let refused = ConfigError::BadDuration { setting: "tolerance", given };
            let verifier = Verifier::builder_for(scheme).secret(secret).tolerance(given).build();
            assert_eq!(verifier.map(drop), Err(refused.clone()));
            let receiver = Receiver::builder_for(scheme).secret(secret).tolerance(given).build();
            assert_eq!(receiver.map(drop), Err(refused));
        }
    }
    let (day, week) = (Duration::from_secs(86_400), Duration::from_secs(7 * 86_400));
    let wide = || Receiver::builder_for(Stripe::SCHEME).secret(SECRET).tolerance(8 * day);
    assert_eq!(
        wide().retention(week).build().map(drop),
        Err(ConfigError::RetentionTooShort { given: week, least: 16 * day }),
        "what can be replayed has to be remembered"
    );
    assert!(wide().build().is_ok(), "and is, where nothing else was asked for");
    let old = Signer::new::<Stripe>(SECRET).at(at(1)).target("/hooks").sign(BODY).expect("a delivery");
    let gate = Gate::with(Stripe::SCHEME, |builder| builder.secret(SECRET).dangerous_ignore_timestamp());
    gate.handles("very old", request(&old)).await;
    let dateless = with(&old, "stripe-signature", &format!("v1={}", mac(SECRET, format!(".{BODY}"))));
    assert_eq!(gate.turns_away("none at all", &dateless).await, "timestamp_missing");
}

/// TIM-08: a clock that goes back lets nothing in again, and gives nobody's claim away.
#[tokio::test]
async fn a_clock_that_goes_back_forgets_nothing() {
    for family in timed() {
        let (gate, signed) = (family.gate(), family.sign(BODY));
        gate.handles(family.name(), request(&signed)).await;
        gate.bench.clock.set_wall(Some(at(1_700_000_000 - 3600)));
        assert_eq!(gate.turns_away("an hour back", &signed).await, "from_the_future");
        for back in [300, 200, 1, 0] {
            gate.bench.clock.set_wall(Some(at(1_700_000_000 - back)));
            assert_eq!(gate.deliver(&signed).await, (200, "done", ""), "{back} seconds back");
        }
        assert_eq!(gate.effects.runs(), 1);
    }
    // While a handler runs, its lease is measured by a clock that only goes forward.
    let bench = crate::support::Bench::new();
    let (receiver, effects) = (bench.stripe().build().expect("a receiver"), Effects::default());
    let slow = counting(&receiver, &effects, Duration::from_secs(3600));
    let hung = tokio::spawn(async move { ask(&slow, &stripe("evt_1")).await });
    until(|| effects.runs() == 1).await;
    let quick = counting(&receiver, &effects, Duration::ZERO);
    for moved in [-290, 290] {
        bench.clock.set_wall(Some(at(1_700_000_000 + moved)));
        assert_eq!(ask(&quick, &stripe("evt_1")).await, (503, "running"), "the wall clock moved by {moved}");
    }
    bench.clock.set_wall(Some(NOW));
    bench.clock.advance(Duration::from_secs(61));
    assert_eq!(ask(&quick, &stripe("evt_1")).await, (204, "handled"), "the lease is over");
    hung.abort();
}

/// TIM-09: a clock that jumps ahead refuses everything, says why, and recovers.
#[tokio::test]
async fn a_clock_that_jumps_ahead_refuses_and_recovers() {
    for family in timed() {
        let (gate, signed) = (family.gate(), family.sign(BODY));
        gate.bench.clock.advance(Duration::from_secs(3600));
        for _ in 0..10 {
            // The reason is the label that the counter of deliveries has.
            assert_eq!(gate.turns_away(family.name(), &signed).await, "too_old");
        }
        gate.bench.clock.set_wall(Some(NOW));
        gate.handles(family.name(), request(&signed)).await;
    }
}

/// TIM-12: dates that are long, nested, or both, in schemes that send dates.
#[tokio::test]
async fn hostile_dates_are_malformed_at_once() {
    const RFC_3339: Scheme = Scheme::hmac_sha256("rfc-3339")
        .signature(header("x-sig").hex())
        .signs(&[Timestamp, Lit("."), Whole])
        .timestamp(header("x-time").rfc3339());
    const HTTP_DATE: Scheme = Scheme::hmac_sha256("http-date")
        .signature(header("x-sig").hex())
        .signs(&[Timestamp, Lit("."), Whole])
        .timestamp(header("x-time").http_date());
    let nested = format!("Tue, 14 Nov 2023 22:13:20 {}GMT{}", "(".repeat(100_000), ")".repeat(100_000));
    let long = format!("2023-11-14T22:13:20.{}Z", "0".repeat(1 << 20));
    for (scheme, right) in [(RFC_3339, "2023-11-14T22:13:20Z"), (HTTP_DATE, "Tue, 14 Nov 2023 22:13:20 GMT")]
    {
        let gate = Gate::new(scheme);
        let sent = |time: &str| {
            let mac = mac(SECRET, format!("{time}.{BODY}"));
            post(&[("x-time", time.as_bytes()), ("x-sig", mac.as_bytes())], BODY)
        };
        let hostile = [
            &*nested,
            &*long,
            "(2023-11-14T22:13:20Z)",
            "Tue, 14 Nov 2023 22:13:20 (comment) GMT",
            "Tue, 14 Nov 99999999999999999999 22:13:20 GMT",
            "99999999999999-11-14T22:13:20Z",
            "2023-11-14T22:13:20+99:99",
            "2023-02-30T22:13:20Z",
            "0000-00-00T00:00:00Z",
            "1700000000",
            "",
        ];
        for time in hostile {
            let (sent, before) = (sent(time), work());
            let why = gate.refuses(&time[..time.len().min(60)], sent).await;
            assert!(["timestamp_malformed", "timestamp_missing"].contains(&why), "{time:.60}: {why}");
            assert_eq!(work(), before, "nothing was hashed");
        }
        gate.handles(right, sent(right)).await;
    }
    let gate = Gate::with(PayPal::SCHEME, |builder| {
        builder.public_key(include_str!("../../keys/rsa.pub.pem")).config("webhook_id", "WH-1")
    });
    let signer = Signer::new::<PayPal>(include_str!("../../keys/rsa.pem")).at(NOW).target("/hooks");
    let signed = signer.config("webhook_id", "WH-1").sign("{}").expect("signed");
    let name = "paypal-transmission-time";
    assert!(value(&signed, name).starts_with("2023-"));
    for hostile in [&*nested, &long] {
        gate.turns_away("paypal", &with(&signed, name, hostile)).await;
    }
}

/// TIM-14: what a provider signs without a time can be sent again when its retention is over: a limit that
/// only a long retention keeps small. It is a week where nothing else is asked for.
#[tokio::test]
async fn without_a_timestamp_the_retention_is_the_bound() {
    let week = Duration::from_secs(7 * 86_400);
    for family in families().iter().filter(|family| ["github", "shopify"].contains(&family.name())) {
        let (gate, signed) = (family.gate(), family.sign(BODY));
        gate.handles(family.name(), request(&signed)).await;
        gate.bench.clock.advance(week - Duration::from_secs(1));
        assert_eq!(gate.deliver(&signed).await, (200, "done", ""), "{}", family.name());
        gate.bench.clock.advance(Duration::from_secs(1));
        gate.handles("after a week", request(&signed)).await;
        assert_eq!(gate.bench.store.calls(Op::Claim), 3);
    }
    for short in [Duration::from_secs(300), Duration::from_secs(3600)] {
        let built = Receiver::builder_for(hookgate::providers::GitHub::SCHEME).secret(SECRET);
        let built = built.retention(short).build().map(drop);
        assert!(matches!(built, Err(ConfigError::RetentionTooShort { .. })), "{built:?}");
    }
}
