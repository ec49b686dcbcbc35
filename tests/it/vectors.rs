//! The vectors of `tests/vectors`, one file for each provider, and the forgeries that follow from them.
//!
//! `origin` says where a vector comes from: `docs` and `sdk-test` were published by the provider (or, where
//! `third_party`, by a known library), `generated-sdk` was accepted by the provider's own SDK, `computed`
//! pins a formula and proves nothing. `derived`: published inputs with one field set here.

use std::collections::BTreeMap;

use hookgate::{
    Delivery, Head, Reason, Secret, UnixTime, Verifier,
    providers::{self, GitHub, StandardWebhooks, Stripe},
    scheme::{
        BodyHash, HashEncoding, KeyForm,
        Part::{BodyDigest, Header, Lit, Method, Path},
        Scheme, header,
    },
};
use serde::Deserialize;

#[derive(Clone, Deserialize)]
struct Vector {
    source: String,
    #[serde(default)]
    why: String,
    /// Which scheme of the provider it is, where it has several.
    scheme: Option<String>,
    /// Another form of the secret than the scheme's.
    key: Option<String>,
    #[serde(default)]
    ignore_timestamp: bool,
    secrets: Vec<String>,
    #[serde(default)]
    config: BTreeMap<String, String>,
    method: String,
    url: String,
    headers: BTreeMap<String, Values>,
    body: String,
    now: Option<f64>,
    expect: String,
    /// As receivers judge unless they are told otherwise.
    #[serde(skip)]
    strict: bool,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl Values {
    fn all(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

impl Vector {
    fn verifier(&self, scheme: Scheme) -> Result<Verifier, String> {
        // What tests of SDKs do and providers do not.
        let scheme = match self.key.as_deref() {
            Some("utf8") => scheme.key(KeyForm::UTF8),
            _ if self.ignore_timestamp => SINCH_VOICE_UNTIMED,
            _ => scheme,
        };
        let mut builder = self.secrets.iter().fold(Verifier::builder_for(scheme), |builder, secret| {
            builder.secret(Secret::dangerous_short(secret.as_str()))
        });
        builder = builder.public_url(self.parts().0);
        for (name, value) in &self.config {
            builder = builder.config(name.clone().leak(), value.as_str());
        }
        // What the vector's own receiver was configured with and the vector does not tell.
        for (scheme_of, name, value) in [
            ("google-chat", "audience", "https://example.com/push"),
            ("google-pubsub", "audience", "https://example.com/push"),
            ("google-chat", "email", "svc@project.iam.gserviceaccount.com"),
            ("google-pubsub", "email", "svc@project.iam.gserviceaccount.com"),
            ("aws-sns", "topic", TOPICS),
            ("fireblocks", "workspace_id", "a-ws"),
        ] {
            if scheme.name() == scheme_of && !self.config.contains_key(name) {
                builder = builder.config(name, value);
            }
        }
        if scheme.name().starts_with("http-message-signatures")
            && !self.strict
            && !self.config.contains_key("required")
        {
            builder = builder.config("required", " ");
        }
        builder.build().map_err(|error| error.to_string())
    }

    /// Origin, path and query.
    fn parts(&self) -> (&str, &str) {
        let at = self.url.match_indices('/').nth(2).map_or(self.url.len(), |(at, _)| at);
        let (origin, target) = self.url.split_at(at);
        (origin, if target.is_empty() { "/" } else { target })
    }

    fn judge(&self, scheme: Scheme) -> Result<usize, String> {
        self.verify(scheme).map(|delivery| delivery.key_index())
    }

    fn id(&self, scheme: Scheme) -> Option<String> {
        self.verify(scheme).ok()?.id().map(ToString::to_string)
    }

    fn tolerance(&self, scheme: Scheme) -> Option<std::time::Duration> {
        self.verifier(scheme).ok()?.tolerance()
    }

    fn verify(&self, scheme: Scheme) -> Result<Delivery, String> {
        let headers: Vec<(&str, &str)> = self
            .headers
            .iter()
            .flat_map(|(name, values)| values.all().iter().map(|value| (name.as_str(), value.as_str())))
            .collect();
        let now = UnixTime::from_millis((self.now.unwrap_or(1_800_000_000.0) * 1000.0) as i64);
        self.verifier(scheme)?
            .verify(Head::new(&self.method, self.parts().1, &headers), self.body.clone(), now)
            .map_err(|error| error.reason().to_string())
    }
}

/// Sinch's voice callbacks with a timestamp in another form than it sends.
const SINCH_VOICE_UNTIMED: Scheme = Scheme::hmac_sha256("sinch-voice")
    .signature(header("authorization").prefix("Application ").after(':').base64())
    .signs(&[
        Method,
        Lit("\n"),
        BodyDigest(BodyHash::Md5, HashEncoding::Base64),
        Lit("\n"),
        Header("content-type"),
        Lit("\nx-timestamp:"),
        Header("x-timestamp"),
        Lit("\n"),
        Path,
    ])
    .key(KeyForm::BASE64);

/// The topics of the vectors of SNS.
const TOPICS: &str = "arn:aws:sn:us-east-1:345:MyTopic arn:aws:sns:us-west-2:123456789012:MyTopic \
                      arn:aws:sns:eu-west-1:12345:test";

/// The vectors of each provider, with the scheme that each is for.
fn files() -> Vec<(String, Vec<(Scheme, Vector)>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut files = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a text");
        let vectors: Vec<Vector> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let with_scheme = vectors.into_iter().map(|vector| {
            let slug = vector.scheme.as_deref().unwrap_or(&name);
            let scheme = providers::find(slug).unwrap_or_else(|| panic!("{name}: no scheme {slug}"));
            (scheme, vector)
        });
        files.push((name.clone(), with_scheme.collect()));
    }
    files
}

fn each(mut check: impl FnMut(Scheme, Vector)) {
    let all = files().into_iter().flat_map(|(_, vectors)| vectors);
    all.for_each(|(scheme, vector)| check(scheme, vector));
}

fn each_valid(mut check: impl FnMut(Scheme, Vector)) {
    let mut checked = 0;
    each(|scheme, vector| {
        if vector.expect == "valid" {
            checked += 1;
            check(scheme, vector);
        }
    });
    assert!(checked >= 300, "only {checked} valid vectors");
}

fn refused(scheme: Scheme, vector: &Vector, how: &str) {
    if let Ok(key) = vector.judge(scheme) {
        panic!("{} {}: accepted with key {key}, {how}", scheme.name(), vector.source);
    }
}

#[test]
fn every_vector_is_judged_as_published() {
    let mut wrong = Vec::new();
    each(|scheme, vector| {
        let judged = vector.judge(scheme);
        if judged.is_ok() != (vector.expect == "valid") {
            wrong.push(format!("{} {} ({}): {judged:?}", scheme.name(), vector.source, vector.why));
        }
    });
    assert!(wrong.is_empty(), "{} vectors: {wrong:#?}", wrong.len());
}

#[test]
fn the_second_secret_is_told_from_the_first() {
    let mut told = 0;
    each_valid(|scheme, vector| {
        let first = Vector { secrets: vec![vector.secrets[0].clone()], ..vector.clone() };
        if vector.secrets.len() == 2 && first.judge(scheme).is_err() {
            told += 1;
            assert_eq!(vector.judge(scheme), Ok(1), "{}: signed with the old secret", scheme.name());
        }
    });
    assert!(told > 0);
}

#[test]
fn another_secret_does_not_verify() {
    each_valid(|scheme, vector| {
        let secrets = vec!["whsec_b3RoZXIgc2VjcmV0IHRoYXQgbm9ib2R5".to_owned()];
        refused(scheme, &Vector { secrets, ..vector }, "with another secret");
    });
}

/// Of these the signature covers values of the body, and not how they are written.
const VALUES_ONLY: [&str; 7] = [
    "aws-sns",
    "app-store",
    "dingtalk",
    "forgejo",
    "gitea",
    "gogs",
    "http-message-signatures-rsa-pss-sha512",
];

#[test]
fn any_flipped_bit_of_the_body_is_seen() {
    each_valid(|scheme, vector| {
        if !scheme.bound().body || VALUES_ONLY.contains(&scheme.name()) || uncovered(&vector) {
            return;
        }
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

/// Examples of RFC 9421 that cover less than receivers insist on.
fn uncovered(vector: &Vector) -> bool {
    let input = vector.headers.get("Signature-Input");
    input.is_some_and(|input| !input.all().concat().contains("content-digest"))
}

#[test]
fn rfc_9421_examples_that_cover_too_little_are_refused_by_default() {
    let mut refused = 0;
    each_valid(|scheme, vector| {
        if scheme.name().starts_with("http-message-signatures") {
            let vector = Vector { strict: true, ..vector };
            refused += usize::from(vector.judge(scheme) == Err("uncovered".to_owned()));
        }
    });
    assert!(refused >= 5, "{refused}");
}

#[test]
fn signatures_cannot_be_taken_away_or_changed() {
    let mut tried = 0;
    each_valid(|scheme, vector| {
        for (name, value) in &vector.headers {
            let lower = name.to_ascii_lowercase();
            let named = ["signature", "hmac", "verification", "-mac", "transmission-sig"];
            let value = value.all().concat();
            if !named.iter().any(|part| lower.contains(part)) || !matters(&vector, &lower) {
                continue;
            }
            tried += 1;
            let mut without = vector.clone();
            without.headers.remove(name);
            refused(scheme, &without, &format!("without {name}"));
            if value.contains(' ')
                || value.contains(",v")
                || value.contains("v0=")
                || value.matches("v1=").count() > 1
            {
                // Of several signatures one is enough, whatever the others are.
                continue;
            }
            // In a list the second copy would be one signature of several.
            let repeated = format!("{value}{}", if value.contains([',', ';']) { "x" } else { &value });
            let reencoded = value.replace('=', "%3D").replace('a', "%61").replace('A', "%41");
            for value in [format!("{value}0"), value[1..].to_owned(), repeated, reencoded] {
                let mut changed = vector.clone();
                if changed
                    .headers
                    .insert(name.clone(), Values::One(value.clone()))
                    .is_some_and(|old| old.all() != [value])
                {
                    refused(scheme, &changed, &format!("with another {name}"));
                }
            }
            // One provider repeats the field on purpose.
            if scheme.name() == "mollie" {
                continue;
            }
            let mut twice = vector.clone();
            twice.headers.insert(name.clone(), Values::Several(vec![value.clone(), format!("{value}0")]));
            refused(scheme, &twice, &format!("with {name} twice"));
        }
    });
    assert!(tried > 200, "{tried}");
}

/// Whether the header has a say: some are sent beside those that count.
fn matters(vector: &Vector, name: &str) -> bool {
    let counts = |wanted: &str| vector.headers.keys().any(|known| known.eq_ignore_ascii_case(wanted));
    match name {
        // Older signatures beside newer ones, and the second of two headers of which one is enough.
        "x-hub-signature" => !counts("x-hub-signature-256"),
        "x-hubspot-signature" => !counts("x-hubspot-signature-v3"),
        "x-plivo-signature" | "x-plivo-signature-v2" => !counts("x-plivo-signature-v3"),
        "x-recharge-webhook-timestamp" => false,
        "x-sinch-webhook-signature-algorithm" | "x-sinch-webhook-signature-nonce" => false,
        "box-signature-primary" | "box-signature-secondary" => false,
        "x-hookdeck-signature" | "x-hookdeck-signature-2" => false,
        "x-docusign-signature-1" | "x-docusign-signature-2" => false,
        "fireblocks-signature" => !counts("fireblocks-webhook-signature"),
        "messagebird-signature" => !counts("messagebird-signature-jwt"),
        _ => true,
    }
}

#[test]
fn signed_ids_and_urls_cannot_be_changed() {
    let (mut ids, mut urls) = (0, 0);
    each_valid(|scheme, vector| {
        let bound = scheme.bound();
        if bound.url && !scheme.name().starts_with("http-message-signatures") {
            urls += 1;
            let mut elsewhere = vector.clone();
            elsewhere.url = format!("https://elsewhere.example{}", vector.parts().1);
            refused(scheme, &elsewhere, "at another host");
            let mark = if vector.url.contains('?') { '&' } else { '?' };
            let longer = format!("{}{mark}more=1", vector.url);
            refused(scheme, &Vector { url: longer, ..vector.clone() }, "with a longer query");
        }
        let id = vector.id(scheme);
        for (name, value) in &vector.headers {
            if bound.id && id.as_deref().is_some_and(|id| value.all() == [id]) {
                ids += 1;
                let mut changed = vector.clone();
                changed.headers.insert(name.clone(), Values::One(format!("{}x", value.all()[0])));
                assert!(changed.id(scheme).is_none_or(|changed| Some(changed) == id), "{}", scheme.name());
            }
        }
    });
    assert!(ids > 30 && urls > 20, "{ids} {urls}");
}

#[test]
fn signed_timestamps_cannot_be_taken_away_or_changed() {
    let mut tried = 0;
    each_valid(|scheme, vector| {
        if !scheme.bound().timestamp {
            return;
        }
        for (name, value) in &vector.headers {
            let lower = name.to_ascii_lowercase();
            if !lower.contains("timestamp") || !matters(&vector, &lower) {
                continue;
            }
            tried += 1;
            let mut without = vector.clone();
            without.headers.remove(name);
            refused(scheme, &without, &format!("without {name}"));
            let value = value.all().concat();
            let digit = value.rfind(|mark: char| mark.is_ascii_digit()).expect("a digit");
            let other = if value.as_bytes()[digit] == b'9' { "8" } else { "9" };
            let mut changed = vector.clone();
            let later = format!("{}{other}{}", &value[..digit], &value[digit + 1..]);
            changed.headers.insert(name.clone(), Values::One(later));
            refused(scheme, &changed, &format!("with another {name}"));
        }
    });
    assert!(tried > 60, "{tried}");
}

#[test]
fn time_runs_out_in_both_directions() {
    let mut tried = 0;
    each_valid(|scheme, vector| {
        let Some(now) = vector.now.filter(|_| vector.tolerance(scheme).is_some()) else { return };
        tried += 1;
        for by in [-400_000.0, 400_000.0] {
            refused(scheme, &Vector { now: Some(now + by), ..vector.clone() }, "long before or after");
        }
    });
    assert!(tried > 100, "{tried}");
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
