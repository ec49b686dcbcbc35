//! The vectors that the providers published, each in its JSON with its source, and the forgeries
//! that follow from them.

use hookgate::{
    Head, Provider, Reason, Secret, UnixTime, Verifier,
    providers::{GitHub, GitLab, Shopify, Slack, StandardWebhooks, Stripe},
    scheme::Scheme,
};
use serde::Deserialize;

#[derive(Clone, Deserialize)]
struct Vector {
    source: String,
    origin: String,
    secrets: Vec<String>,
    method: String,
    url: String,
    headers: std::collections::BTreeMap<String, String>,
    body: String,
    now: Option<i64>,
    expect: String,
}

impl Vector {
    fn judge(&self, scheme: Scheme) -> Result<usize, String> {
        let builder = self.secrets.iter().fold(Verifier::builder_for(scheme), |builder, secret| {
            builder.secret(Secret::dangerous_short(secret.as_str()))
        });
        let verifier = builder.build().map_err(|error| error.to_string())?;
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (&**name, &**value)).collect();
        let target = self.url.strip_prefix("https://example.com").expect("the vectors' host");
        let now = UnixTime::from_secs(self.now.unwrap_or(1_800_000_000));
        verifier
            .verify(Head::new(&self.method, target, &headers), self.body.clone(), now)
            .map(|delivery| delivery.key_index())
            .map_err(|error| error.reason().to_string())
    }
}

fn files() -> [(Scheme, &'static str); 6] {
    [
        (StandardWebhooks::SCHEME, include_str!("../vectors/standard-webhooks.json")),
        (Stripe::SCHEME, include_str!("../vectors/stripe.json")),
        (GitHub::SCHEME, include_str!("../vectors/github.json")),
        (Slack::SCHEME, include_str!("../vectors/slack.json")),
        (Shopify::SCHEME, include_str!("../vectors/shopify.json")),
        (GitLab::SCHEME, include_str!("../vectors/gitlab.json")),
    ]
}

fn each(mut check: impl FnMut(Scheme, Vector)) {
    for (scheme, file) in files() {
        let vectors: Vec<Vector> = serde_json::from_str(file).expect("a file of vectors");
        vectors.into_iter().for_each(|vector| check(scheme, vector));
    }
}

fn each_valid(mut check: impl FnMut(Scheme, Vector)) {
    let mut checked = 0;
    each(|scheme, vector| {
        if vector.expect == "valid" {
            checked += 1;
            check(scheme, vector);
        }
    });
    assert!(checked >= 20, "only {checked} valid vectors");
}

fn refused(scheme: Scheme, vector: &Vector, how: &str) {
    if let Ok(key) = vector.judge(scheme) {
        panic!("{} {}: accepted with key {key}, {how}", scheme.name(), vector.source);
    }
}

#[test]
fn every_vector_is_judged_as_published() {
    each(|scheme, vector| {
        let judged = vector.judge(scheme);
        assert_eq!(
            judged.is_ok(),
            vector.expect == "valid",
            "{} {}: {judged:?}",
            scheme.name(),
            vector.source
        );
    });
}

#[test]
fn every_provider_has_a_vector_that_it_published() {
    for (scheme, file) in files() {
        let vectors: Vec<Vector> = serde_json::from_str(file).expect("a file of vectors");
        let published = |vector: &Vector| matches!(&*vector.origin, "docs" | "sdk-test" | "generated-sdk");
        assert!(
            vectors.iter().any(|vector| published(vector) && vector.expect == "valid"),
            "{}",
            scheme.name()
        );
    }
}

#[test]
fn the_second_secret_is_told_from_the_first() {
    each(|scheme, vector| {
        if vector.secrets.len() == 2 {
            assert_eq!(vector.judge(scheme), Ok(1), "signed with the old secret");
        }
    });
}

#[test]
fn another_secret_does_not_verify() {
    each_valid(|scheme, vector| {
        let secrets = vec!["whsec_b3RoZXIgc2VjcmV0IHRoYXQgbm9ib2R5".to_owned()];
        refused(scheme, &Vector { secrets, ..vector }, "with another secret");
    });
}

#[test]
fn any_flipped_bit_of_the_body_is_seen() {
    each_valid(|scheme, vector| {
        let bytes = vector.body.as_bytes();
        for at in [0, bytes.len() / 2, bytes.len().saturating_sub(1)] {
            let mut body = bytes.to_vec();
            match body.get_mut(at) {
                Some(byte) => *byte ^= 1,
                None => body.push(b' '),
            }
            let Ok(body) = String::from_utf8(body) else { continue };
            refused(scheme, &Vector { body, ..vector.clone() }, "with a flipped bit");
        }
        let longer = format!("{} ", vector.body);
        refused(scheme, &Vector { body: longer, ..vector.clone() }, "with a trailing space");
    });
}

#[test]
fn headers_cannot_be_taken_away_or_changed_where_they_are_signed() {
    each_valid(|scheme, vector| {
        for name in vector.headers.keys() {
            let lower = name.to_ascii_lowercase();
            let signs = lower.contains("signature") || lower.contains("hmac");
            let signed =
                signs || lower.ends_with("-timestamp") || lower.ends_with("webhook-id") || lower == "svix-id";
            if !signed || lower == "x-shopify-webhook-id" {
                continue;
            }
            let mut without = vector.clone();
            without.headers.remove(name);
            refused(scheme, &without, &format!("without {name}"));
            let value = &vector.headers[name];
            if signs && (value.contains(' ') || value.contains("v0=") || value.matches("v1=").count() > 1) {
                // Of several signatures one is enough, whatever the others are.
                continue;
            }
            for change in [|value: &str| format!("{value}0"), |value: &str| value[1..].to_owned()] {
                let mut changed = vector.clone();
                let value = change(&vector.headers[name]);
                changed.headers.insert(name.clone(), value);
                refused(scheme, &changed, &format!("with another {name}"));
            }
        }
    });
}

#[test]
fn time_runs_out_in_both_directions() {
    each_valid(|scheme, vector| {
        if let (Some(now), true) = (vector.now, scheme.bound().timestamp) {
            for by in [-1_000, 1_000] {
                refused(scheme, &Vector { now: Some(now + by), ..vector.clone() }, "long before or after");
            }
        }
    });
}

/// A delivery as `StandardWebhooks`, its signature made by its specification's own example secret.
fn standard(id: &str, timestamp: &str, signature: &str) -> Result<(), Reason> {
    let verifier = Verifier::builder::<StandardWebhooks>().secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let verifier = verifier.build().expect("a verifier");
    let headers = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
    let now = UnixTime::from_secs(1_700_000_000);
    let head = Head::new("POST", "/", &headers);
    verifier.verify(head, r#"{"test": 2432232314}"#, now).map(drop).map_err(|error| error.reason())
}

const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const GOOD: &str = "v1,hw6D+jquXiPwVQiZTwb2ek9FSrOofldv7tv4JVMsFUY=";

#[test]
fn hostile_timestamps_are_malformed() {
    assert_eq!(standard(ID, "1700000000", GOOD), Ok(()));
    let long = "9".repeat(400);
    for text in [
        "-9223372036854775808",
        "9223372036854775807",
        "NaN",
        "+1700000000",
        "+now",
        "0001700000000",
        "1700000000.0",
        "1.7e9",
        "0x6553f100",
        " ",
        "1700000000000",
        &long,
    ] {
        assert_eq!(standard(ID, text, GOOD), Err(Reason::TimestampMalformed), "{text:?}");
    }
    assert_eq!(standard(ID, "1699990000", GOOD), Err(Reason::TooOld));
    assert_eq!(standard(ID, "1700010000", GOOD), Err(Reason::FromTheFuture));
}

#[test]
fn rotation_and_odd_spellings() {
    let other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_eq!(standard(ID, "1700000000", &format!("{other} {GOOD}")), Ok(()));
    assert_eq!(standard(ID, "1700000000", &format!("v2,AAAA v1a,AAAA {GOOD}")), Ok(()));
    for (signature, reason) in [
        // The trailing bits of the last character are not zero.
        ("v1,hw6D+jquXiPwVQiZTwb2ek9FSrOofldv7tv4JVMsFUZ=", Reason::SignatureMalformed),
        ("v1,hw6D-jquXiPwVQiZTwb2ek9FSrOofldv7tv4JVMsFUY=", Reason::SignatureMalformed),
        ("v1,hw6D+jquXiPwVQiZTwb2ek9FSrOofldv7tv4JVMsFUY", Reason::SignatureMalformed),
        ("v1,", Reason::SignatureMalformed),
        ("v2,hw6D+jquXiPwVQiZTwb2ek9FSrOofldv7tv4JVMsFUY=", Reason::SignatureMissing),
        ("v1a,hw6D+jquXiPwVQiZTwb2ek9FSrOofldv7tv4JVMsFUY=", Reason::SignatureMissing),
        ("", Reason::SignatureMalformed),
        (other, Reason::SignatureMismatch),
    ] {
        assert_eq!(standard(ID, "1700000000", signature), Err(reason), "{signature:?}");
    }
    let many = [other; 17].join(" ");
    assert_eq!(standard(ID, "1700000000", &many), Err(Reason::TooManySignatures));
}

#[test]
fn a_separator_in_a_signed_id_is_refused() {
    let verifier = Verifier::builder::<StandardWebhooks>().secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let verifier = verifier.build().expect("a verifier");
    // `msg_1.1699996000.1700000000.{"a":1}` was signed as another split of the same bytes.
    let headers = [
        ("webhook-id", "msg_1.1699996000"),
        ("webhook-timestamp", "1700000000"),
        ("webhook-signature", "v1,0OcdVleMEn8NXuQpsOVM81+bQtArlJ2CA1CsrnxsOQ8="),
    ];
    let head = Head::new("POST", "/", &headers);
    let judged = verifier.verify(head, r#"{"a":1}"#, UnixTime::from_secs(1_700_000_000));
    assert_eq!(judged.map(drop).map_err(|error| error.reason()), Err(Reason::IdMalformed));
}

#[test]
fn two_families_of_headers_must_agree() {
    let verifier = Verifier::builder::<StandardWebhooks>().secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let verifier = verifier.build().expect("a verifier");
    let judge = |fresh: &str| {
        let headers = [
            ("svix-id", ID),
            ("webhook-id", fresh),
            ("svix-timestamp", "1700000000"),
            ("svix-signature", GOOD),
        ];
        let head = Head::new("POST", "/", &headers);
        let judged = verifier.verify(head, r#"{"test": 2432232314}"#, UnixTime::from_secs(1_700_000_000));
        judged.map(|delivery| delivery.id().map(ToString::to_string)).map_err(|error| error.reason())
    };
    assert_eq!(judge(ID), Ok(Some(ID.to_owned())));
    assert_eq!(judge("msg_fresh"), Err(Reason::SignatureRepeated));
}

#[test]
fn github_is_read_to_the_letter() {
    let secret = "whsec_test_0123456789abcdef0123456789abcdef";
    let verifier = Verifier::builder::<GitHub>().secret(secret).build().expect("a verifier");
    let body = r#"{"zen":"Keep it logically awesome.","hook_id":1}"#;
    let hex = "5f543d1f1bc67c7c7f86713276288558a077aa15fd6966852699595725bb197d";
    let judge = |headers: &[(&str, &[u8])]| {
        let headers = headers.to_vec();
        let head = Head::new("POST", "/", &headers);
        verifier.verify(head, body, UnixTime::from_secs(0)).map(drop).map_err(|error| error.reason())
    };
    let good = format!("sha256={hex}");
    let name = "X-Hub-Signature-256";
    assert_eq!(judge(&[(name, good.as_bytes())]), Ok(()));
    assert_eq!(judge(&[(name, format!("sha256={}", hex.to_uppercase()).as_bytes())]), Ok(()));
    let with = |value: String| judge(&[(name, value.as_bytes())]);
    for cut in 0..64 {
        assert!(with(format!("sha256={}", &hex[..cut])).is_err(), "the first {cut} digits");
    }
    for bit in 0..256 {
        let mut digest = const_hex::decode(hex).expect("hex");
        digest[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(with(format!("sha256={}", const_hex::encode(digest))), Err(Reason::SignatureMismatch));
    }
    for bad in [
        format!("sha256={hex}00"),
        format!("sha256={hex}{hex}"),
        format!("sha256=sha256={hex}"),
        hex.to_owned(),
        format!("SHA256={hex}"),
        format!("sha256 = {hex}"),
        format!("{good}, {good}"),
        format!("sha256=0x{hex}"),
        "sha1=ddeaaf8856c7e5e7469af4f6a2ebf1cdcc0fd666".to_owned(),
        format!("sha512={hex}"),
        format!("md5={hex}"),
        format!("sha256=é{}", "a".repeat(63)),
        "sha256=".to_owned(),
        String::new(),
        // The plain hash of the body, and the MAC under the empty secret.
        "sha256=d0d68fc7e872c5939afbebc3266f9bf866148a28a9b90b787c8caacc700c6bc6".to_owned(),
        "sha256=7ef86356464f0e46d16d06fc5cea55dd3ddded60ba1e58990d0577739267e819".to_owned(),
    ] {
        assert!(with(bad.clone()).is_err(), "{bad:?}");
    }
    assert_eq!(judge(&[(name, b"\xff\xfe")]), Err(Reason::SignatureMalformed));
    assert_eq!(judge(&[]), Err(Reason::SignatureMissing));
    let sha1 = ("X-Hub-Signature", &b"sha1=ddeaaf8856c7e5e7469af4f6a2ebf1cdcc0fd666"[..]);
    assert_eq!(judge(&[sha1]), Err(Reason::SignatureMissing));
    assert_eq!(judge(&[sha1, (name, b"sha256=00")]), Err(Reason::SignatureMismatch));
    for pair in
        [[(name, good.as_bytes()), (name, b"sha256=00")], [(name, b"sha256=00"), (name, good.as_bytes())]]
    {
        assert_eq!(judge(&pair), Err(Reason::SignatureRepeated));
    }
    assert_eq!(judge(&[("X_Hub_Signature_256", good.as_bytes())]), Err(Reason::SignatureMissing));
}

#[test]
fn stripe_is_read_to_the_letter() {
    let secret = "whsec_test_0123456789abcdef0123456789abcdef";
    let verifier = Verifier::builder::<Stripe>().secret(secret).build().expect("a verifier");
    let judge = |signature: &str| {
        let headers = [("Stripe-Signature", signature)];
        let head = Head::new("POST", "/", &headers);
        let now = UnixTime::from_secs(1_700_000_000);
        let judged = verifier.verify(head, r#"{"id":"evt_1","type":"invoice.paid"}"#, now);
        judged.map(drop).map_err(|error| error.reason())
    };
    let v1 = "e504adc55d54d344dc231b535d11b7576e3796d98de477776d885b213ca22f9a";
    assert_eq!(judge(&format!("t=1700000000,v1={v1}")), Ok(()));
    assert_eq!(judge(&format!("t=1700000000,v1={},v1={v1}", "0".repeat(64))), Ok(()));
    assert_eq!(
        judge("t=1699999700,v1=417f8c16b93661646d631f838569fd23743474bdf810d94057b0dc50d4dcef69"),
        Ok(()),
        "at the bound"
    );
    assert_eq!(
        judge("t=1699999699,v1=c64983bd404ce7621d17c92e34447a2f13cf8872ea2a77287862778d6f8cc467"),
        Err(Reason::TooOld)
    );
    assert_eq!(
        judge("t=1700000301,v1=6f20e55a90a2f4101e0ccbb901aa26d4d16a165e3ae284829600ba8b0001cd29"),
        Err(Reason::FromTheFuture)
    );
    assert_eq!(
        judge("t=1700000000000,v1=58c23f9f15a8d658f1e845b382e28c5c7587eeeb4072692d8afdec11d4fd148a"),
        Err(Reason::TimestampMalformed),
        "milliseconds are not guessed"
    );
    for bad in [
        format!("t=1700000000,v0={v1}"),
        format!("v1={v1}"),
        format!("t=,v1={v1}"),
        format!("t=1700000000,v1={v1},"),
        format!("t=1600000000,v1={v1},t=1700000000"),
        format!("t=1700000000, v1={v1}"),
        format!("t=1700000000,v1=\"{v1}\""),
        // The MAC of the body alone, the MAC under the empty secret, HMAC-SHA-1.
        "t=1700000000,v1=dd831df2f1833bed9b2c60a1a1adb578f0a508df84ec405fd8b2450f1b532f73".to_owned(),
        "t=1700000000,v1=2f4bef601eb60225bec92c791e444815efe7e0f4a546c3ec49674568c6a87fd8".to_owned(),
        "t=1700000000,v1=2216eabd715a45a7ba6eaf54b3b5bbc813396963".to_owned(),
    ] {
        assert!(judge(&bad).is_err(), "{bad:?}");
    }
}
