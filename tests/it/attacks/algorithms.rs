//! ALG: public keys, certificates, and HTTP signatures. Tokens are in `tokens`; ALG-14 is in
//! `tests/it/asymmetric.rs`.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{Router, http::StatusCode, routing::get};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hookgate::{
    ConfigError, FetchedKeys, HttpKeys, KeyId, KeySource, Provider, Receiver, Secret, UnixTime, Verifier,
    providers::{AppStore, AwsSns, Discord, Fireblocks, Keygen, MessageSignaturesEd25519, PayPal},
    scheme::{Part::Body as Whole, Place, Scheme, header},
    testing::{SignedRequest, Signer},
};
use serde::Deserialize;

use super::{Gate, post, value, with, with_body};
use crate::support::{NOW, request, serve, tag};

const EC_PUBLIC: &str = include_str!("../../keys/ec.pub.pem");
const ED: &str = include_str!("../../keys/ed25519.pem");
const ED_PUBLIC: &str = include_str!("../../keys/ed25519.pub.pem");
const RSA: &str = include_str!("../../keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("../../keys/rsa.pub.pem");
const TOPIC: &str = "arn:aws:sns:us-east-1:1:topic";
const CERTIFICATE: &str = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem";
const PUBLIC: &str = "https://hooks.example.com";

/// Has one key, and notes every name that it is asked for.
#[derive(Clone, Default)]
struct Source(Arc<Mutex<Vec<KeyId>>>);

impl KeySource for Source {
    async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
        self.0.lock().expect("names").push(id.clone());
        Ok(vec![RSA_PUBLIC.into()])
    }
}

impl Source {
    fn asked(&self) -> Vec<KeyId> {
        self.0.lock().expect("names").clone()
    }
}

fn notification(topic: &str, members: &str) -> SignedRequest {
    let signer = Signer::new::<AwsSns>(RSA).at(NOW).target("/hooks").config("topic", topic);
    signer.sign(format!("{{{members}}}")).expect("signed")
}

/// ALG-06: a certificate at a URL that is not Amazon's. ALG-09: the same of PayPal's.
#[tokio::test]
async fn certificates_are_looked_up_on_pinned_hosts_alone() {
    let source = Source::default();
    let gate = Gate::with(AwsSns::SCHEME, |builder| {
        builder.fetched_keys(FetchedKeys::new(source.clone())).config("topic", TOPIC)
    });
    for url in [
        "http://sns.us-east-1.amazonaws.com/x.pem",
        "https://bucket.s3.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com.evil.tld/x.pem",
        "https://evil@sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com@evil.tld/x.pem",
        "https://sns.us-east-1.amazonaws.com:8443/x.pem",
        "https://sns.us-east-1.amazonaws.com/x.pem%00",
        "https://sns.us-east-1.amazonaws.com/x.pem?next=https://evil.tld",
        "https://sns.us-east-1.amazonaws.com/x.pem#",
        "https://sns.us-east-1.amazonaws.com/../x.pem",
        "https://sns.us-east-1.amazonaws.com/x.crt",
        "https://sns.evil.tld/.amazonaws.com/x.pem",
        "HTTPS://sns.us-east-1.amazonaws.com/x.pem",
        "file:///etc/x.pem",
        "//sns.us-east-1.amazonaws.com/x.pem",
        "",
    ] {
        let forged = notification(TOPIC, &format!(r#""SigningCertURL":"{url}","MessageId":"m-1""#));
        gate.turns_away(url, &forged).await;
    }
    assert_eq!(source.asked(), []);
    let right = notification(TOPIC, &format!(r#""SigningCertURL":"{CERTIFICATE}","MessageId":"m-1""#));
    gate.handles("Amazon's", request(&right)).await;
    assert_eq!(source.asked(), [KeyId::Url(CERTIFICATE.into())]);

    let source = Source::default();
    let gate = Gate::with(PayPal::SCHEME, |builder| {
        builder.fetched_keys(FetchedKeys::new(source.clone())).config("webhook_id", "WH-1")
    });
    let signer = Signer::new::<PayPal>(RSA).at(NOW).target("/hooks").config("webhook_id", "WH-1");
    let signed = signer.sign(r#"{"id":"WH-1-1"}"#).expect("signed");
    for url in [
        "https://api.paypal.com.evil.tld/v1/notifications/certs/CERT-1",
        "https://evil.tld/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/oauth2/../notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/",
        "https://www.paypal.com/v1/notifications/certs/CERT-1",
    ] {
        assert_eq!(gate.turns_away(url, &with(&signed, "paypal-cert-url", url)).await, "uncovered");
    }
    assert_eq!(source.asked(), []);
    let right = "https://api.paypal.com/v1/notifications/certs/CERT-1";
    gate.handles("PayPal's", request(&with(&signed, "paypal-cert-url", right))).await;
    assert_eq!(source.asked(), [KeyId::Url(right.into())]);
}

/// ALG-06: a redirect from where the certificate should be.
#[tokio::test]
async fn no_redirect_is_followed_to_a_certificate() {
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&visits);
    let there = move || async move {
        counted.fetch_add(1, SeqCst);
        RSA_PUBLIC
    };
    let app = Router::new()
        .route("/there.pem", get(there))
        .route("/moved.pem", get(|| async { (StatusCode::FOUND, [("location", "/there.pem")]) }));
    let (address, source) = (serve(app).await, HttpKeys::certificates().expect("TLS"));
    let at = |path: &str| KeyId::Url(format!("http://{address}{path}").into());
    assert!(source.keys(&at("/moved.pem")).await.is_err());
    assert_eq!(visits.load(SeqCst), 0);
    assert_eq!(source.keys(&at("/there.pem")).await.expect("a certificate").len(), 1);
}

/// ALG-07: a confirmation that names a URL. The handler gets it, and nobody visits it.
#[tokio::test]
async fn a_subscription_is_never_confirmed_by_us() {
    #[derive(Deserialize)]
    enum Sns {
        SubscriptionConfirmation {
            #[serde(rename = "SubscribeURL")]
            url: String,
        },
        #[serde(other)]
        Other,
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/latest/meta-data", listener.local_addr().expect("an address"));
    let (source, seen) = (Source::default(), Arc::new(Mutex::new(Vec::new())));
    let urls = Arc::clone(&seen);
    let gate = Gate::typed(
        AwsSns::SCHEME,
        |builder| builder.fetched_keys(FetchedKeys::new(source.clone())).config("topic", TOPIC),
        move |event: Sns| match event {
            Sns::SubscriptionConfirmation { url } => urls.lock().expect("URLs").push(url),
            Sns::Other => panic!("it is a confirmation"),
        },
    );
    let confirmation = |url: &str| {
        let kind = r#""Type":"SubscriptionConfirmation","Token":"t""#;
        notification(
            TOPIC,
            &format!(r#"{kind},"SubscribeURL":"{url}","SigningCertURL":"{CERTIFICATE}","MessageId":"{url}""#),
        )
    };
    for url in [&url, "http://169.254.169.254/latest/meta-data"] {
        gate.handles(url, request(&confirmation(url))).await;
    }
    assert_eq!(seen.lock().expect("URLs").len(), 2);
    assert_eq!(source.asked(), [KeyId::Url(CERTIFICATE.into())], "the one name that was looked up");
    let visited = tokio::time::timeout(std::time::Duration::from_millis(50), listener.accept()).await;
    assert!(visited.is_err(), "nobody came");
}

/// ALG-08: a message that Amazon signed, of a topic that is not ours.
#[tokio::test]
async fn a_topic_of_somebody_elses_is_refused() {
    let gate = Gate::with(AwsSns::SCHEME, |builder| builder.public_key(RSA_PUBLIC).config("topic", TOPIC));
    for topic in
        ["arn:aws:sns:us-east-1:2:topic", "arn:aws:sns:us-east-1:1:topic2", "arn:aws:sns:us-east-1:1:", ""]
    {
        let foreign = notification(topic, r#""MessageId":"m-1""#);
        assert_eq!(gate.turns_away(topic, &foreign).await, "claim_mismatch");
    }
    gate.handles("ours", request(&notification(TOPIC, r#""MessageId":"m-1""#))).await;
    let none = Receiver::<AwsSns>::builder().public_key(RSA_PUBLIC).build().map(drop);
    assert_eq!(none, Err(ConfigError::MissingConfig { name: "topic" }), "a topic is not optional");
}

/// ALG-10: SHA-1 where SHA-256 was agreed on.
#[tokio::test]
async fn an_older_version_of_a_signature_is_refused() {
    // Published messages of version 1 (SHA-1) with the certificate that they verify under.
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../vectors/aws-sns.json")).expect("vectors");
    let first = vectors.iter().find(|vector| {
        vector["body"].as_str().is_some_and(|body| body.contains(r#""SignatureVersion": "1""#))
    });
    let first = first.expect("a message of version 1");
    let certificate = Secret::dangerous_short(first["secrets"][0].as_str().expect("a certificate"));
    let body = first["body"].as_str().expect("a body");
    let topic: serde_json::Value = serde_json::from_str(body).expect("JSON");
    let topic = topic["TopicArn"].as_str().expect("a topic").to_owned();
    let gate = |version: Option<&'static str>| {
        let (certificate, topic) = (certificate.clone(), topic.clone());
        Gate::with(AwsSns::SCHEME, move |builder| {
            let builder = builder.public_key(certificate).config("topic", topic);
            let builder = builder.config("signing_cert_url", "any");
            version.into_iter().fold(builder, |builder, version| builder.config("signature_version", version))
        })
    };
    gate(None).handles("version 1", post(&[], body.to_owned())).await;
    let why = gate(Some("2")).refuses("version 1", post(&[], body.to_owned())).await;
    assert_eq!(why, "algorithm_not_allowed");
    for other in ["3", "", "2 ", "1.0"] {
        let changed =
            body.replace(r#""SignatureVersion": "1""#, &format!(r#""SignatureVersion": "{other}""#));
        gate(None).refuses(other, post(&[], changed)).await;
    }
}

/// Ed25519's group order, in little endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// ALG-11: the identity as a key, or as half of a signature. ALG-12: a signature with the group's order
/// added, which less strict libraries take for another one.
#[tokio::test]
async fn ed25519_is_verified_strictly() {
    // The identity; with `S = 0` it is a signature of every message under itself.
    let (weak, trivial) = (format!("01{}", "0".repeat(62)), format!("01{}", "0".repeat(126)));
    let built = Receiver::<Discord>::builder().public_key(&*weak).build().map(drop);
    assert_eq!(built, Err(ConfigError::WeakKey { index: 0 }));
    let gate = Gate::with(Discord::SCHEME, |builder| builder.public_key(ED_PUBLIC));
    let signed = Signer::new::<Discord>(ED).at(NOW).target("/hooks").sign(r#"{"id":"1","type":2}"#);
    let (signed, name) = (signed.expect("signed"), "x-signature-ed25519");
    for forged in [&*trivial, &"0".repeat(128), &weak.repeat(2)] {
        assert_eq!(gate.turns_away(forged, &with(&signed, name, forged)).await, "signature_mismatch");
    }
    let mut twin = const_hex::decode(value(&signed, name)).expect("hex");
    let mut carry = 0;
    for (digit, order) in twin[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*digit) + u16::from(order) + carry;
        (*digit, carry) = (sum as u8, sum >> 8);
    }
    let twin = const_hex::encode(twin);
    assert_eq!(gate.turns_away("ALG-12", &with(&signed, name, &twin)).await, "signature_mismatch");
    gate.handles("the right one", request(&signed)).await;
}

/// ALG-13: the ECDSA signature that is zero and zero.
#[tokio::test]
async fn zeros_are_no_signature() {
    const DER: &str = "3006020100020100";
    for (scheme, forged) in [
        (Scheme::ecdsa_p256("der"), DER.to_owned()),
        (Scheme::ecdsa_p256_fixed("fixed"), "0".repeat(128)),
        (Scheme::ecdsa_p256("der"), "0".repeat(128)),
        (Scheme::ecdsa_p256_fixed("fixed"), DER.to_owned()),
    ] {
        let scheme = scheme.signature(header("x-sig").hex()).signs(&[Whole]);
        let gate = Gate::with(scheme, |builder| builder.public_key(EC_PUBLIC));
        for body in ["", "{}"] {
            let forged = post(&[("x-sig", forged.as_bytes())], body);
            assert_eq!(gate.refuses(scheme.name(), forged).await, "signature_mismatch");
        }
    }
}

/// ALG-15: keys that are no protection. The signatures of Wycheproof are in `tests/it/wycheproof.rs`.
#[tokio::test]
async fn weak_rsa_keys_are_refused() {
    let der: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(der).expect("base64");
    let modulus = &der[der.len() - 5 - 256..der.len() - 5];
    let url = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let jwk = |modulus: &[u8], exponent: &[u8]| {
        format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, url.encode(modulus), url.encode(exponent))
    };
    let build = |key: String| {
        let builder = Verifier::builder::<Fireblocks>().public_key(key);
        builder.config("workspace_id", "ws-1").build().map(drop)
    };
    assert_eq!(build(jwk(modulus, &[1, 0, 1])), Ok(()));
    // With the exponent 1 every message is its own signature.
    for exponent in [&[1][..], &[0], &[2], &[]] {
        assert!(build(jwk(modulus, exponent)).is_err(), "e = {exponent:?}");
    }
    for bytes in [64, 128, 192] {
        let short = build(jwk(&modulus[256 - bytes..], &[1, 0, 1]));
        assert!(short.is_err(), "{bytes} bytes: {short:?}");
    }
    // A signature that is its own padded message, under a key that is right.
    let gate = Gate::with(
        Scheme::rsa_sha256("rsa").signature(header("x-sig").base64()).signs(&[Whole]),
        |builder| builder.public_key(RSA_PUBLIC),
    );
    for forged in
        [vec![0; 256], [vec![0, 1], vec![0xff; 254]].concat(), modulus.to_vec(), vec![1; 255], vec![1; 257]]
    {
        let forged = STANDARD.encode(forged);
        gate.refuses(&forged, post(&[("x-sig", forged.as_bytes())], "{}")).await;
    }
}

/// The blocks of a PEM.
fn blocks(pem: &str) -> Vec<&str> {
    pem.split_inclusive("-----END CERTIFICATE-----").filter(|block| block.contains("BEGIN CERT")).collect()
}

/// ALG-17: certificates that lead nowhere, that are over, that are for something else, or somebody else's.
#[tokio::test]
async fn a_certificate_must_lead_to_the_root() {
    const CHAIN: &str = include_str!("../../keys/apple-chain.pem");
    const OTHER: &str = include_str!("../../keys/apple-other-chain.pem");
    const SELF_SIGNED: &str = include_str!("../../keys/apple-self-signed.crt");
    let at = UnixTime::from_secs(1_800_000_000);
    let gate = Gate::with(AppStore::SCHEME, |builder| {
        builder.public_key(include_str!("../../keys/apple-root.crt")).config("bundle_id", "com.example")
    });
    let key = |pem: &'static str| pem.split_once("-----BEGIN CERTIFICATE").expect("a key").0;
    let sign = |key: &str, chain: &[&str], bundle: &str, at: UnixTime| {
        let pem = format!("{key}\n{}", chain.join("\n"));
        let signer = Signer::new::<AppStore>(pem).at(at).target("/hooks").config("bundle_id", bundle);
        signer.sign(r#"{"notificationUUID":"n-1","notificationType":"TEST"}"#).expect("signed")
    };
    let (ours, theirs) = (blocks(CHAIN), blocks(OTHER));
    let [leaf, between, root] = ours[..] else { panic!("three certificates") };
    let [their_leaf, their_between, their_root] = theirs[..] else { panic!("three certificates") };
    let (our_key, their_key) = (key(CHAIN), key(OTHER));
    gate.bench.clock.set_wall(Some(at));
    for (what, key, chain) in [
        ("self-signed", our_key, &[SELF_SIGNED, SELF_SIGNED, root][..]),
        ("self-signed, among genuine ones", our_key, &[SELF_SIGNED, between, root]),
        ("another authority's of the same names", their_key, &[their_leaf, their_between, their_root]),
        ("another authority's, under the root", their_key, &[their_leaf, their_between, root]),
        ("another authority's, under genuine ones", their_key, &[their_leaf, between, root]),
        ("a genuine one, and another's key", their_key, &[leaf, between, root]),
        ("a leaf as an authority", our_key, &[leaf, leaf, root]),
        ("an authority as a leaf", our_key, &[between, between, root]),
        ("the root alone", our_key, &[root, root, root]),
        ("no root", our_key, &[leaf, between]),
        ("one too many", our_key, &[leaf, between, root, root]),
        ("none", our_key, &[]),
    ] {
        gate.turns_away(what, &sign(key, chain, "com.example", at)).await;
    }
    // Under a root that is trusted, and with one of Apple's two marks alone: a certificate for something else.
    for chain in [
        include_str!("../../keys/apple-unmarked-leaf-chain.pem"),
        include_str!("../../keys/apple-unmarked-intermediate-chain.pem"),
    ] {
        let root = blocks(chain).pop().expect("a root");
        let gate = Gate::with(AppStore::SCHEME, |builder| {
            builder.public_key(root).config("bundle_id", "com.example")
        });
        gate.bench.clock.set_wall(Some(at));
        let forged = sign(key(chain), &blocks(chain), "com.example", at);
        assert_eq!(gate.turns_away("one mark", &forged).await, "signature_mismatch");
    }
    for over in [1_700_000_000, 4_200_000_000] {
        let over = UnixTime::from_secs(over);
        gate.bench.clock.set_wall(Some(over));
        let forged = sign(our_key, &[leaf, between, root], "com.example", over);
        assert_eq!(gate.turns_away("not valid then", &forged).await, "signature_mismatch");
    }
    gate.bench.clock.set_wall(Some(at));
    let foreign = sign(our_key, &[leaf, between, root], "com.others", at);
    assert_eq!(gate.turns_away("another app", &foreign).await, "claim_mismatch");
    gate.handles("genuine", request(&sign(our_key, &[leaf, between, root], "com.example", at))).await;
}

/// A signature by the Ed25519 key, in base64.
fn ed25519(message: &str) -> String {
    tag(Scheme::ed25519("ed"), Place::base64, ED, message.to_owned())
}

const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";

/// SHA-256 of a body, in base64, as the signer writes it.
fn digest(body: &'static str) -> String {
    let signer = Signer::new::<MessageSignaturesEd25519>(ED).public_url(PUBLIC).at(NOW);
    let signed = signer.sign(body).expect("signed");
    let value = value(&signed, "content-digest");
    value.trim_start_matches("sha-256=:").trim_end_matches(':').to_owned()
}

/// ALG-19: an HTTP signature over less than it must cover. ALG-20: a digest of another body, one of two that
/// is wrong, or none that is known.
#[tokio::test]
async fn an_http_signature_covers_the_body() {
    let build = |scheme| Gate::with(scheme, |builder| builder.public_key(ED_PUBLIC).public_url(PUBLIC));
    let gate = build(MessageSignaturesEd25519::SCHEME);
    let message = |covered: &[(&str, &str)], digests: &str| {
        let names: Vec<String> = covered.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let input = format!("({});created=1700000000;keyid=\"test\"", names.join(" "));
        let lines = covered.iter().map(|(name, value)| format!("\"{name}\": {value}\n"));
        let signature = ed25519(&format!("{}\"@signature-params\": {input}", lines.collect::<String>()));
        let headers = [
            ("date", DATE.to_owned()),
            ("content-digest", digests.to_owned()),
            ("signature-input", format!("sig={input}")),
            ("signature", format!("sig=:{signature}:")),
        ];
        let headers: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        post(&headers, "{}")
    };
    let (method, target) = (("@method", "POST"), ("@target-uri", "https://hooks.example.com/hooks"));
    let ours = format!("sha-256=:{}:", digest("{}"));
    for covered in [
        &[("date", DATE)][..],
        &[],
        &[method],
        &[method, target],
        &[method, target, ("date", DATE)],
        &[("content-digest", &ours)],
        &[target, ("content-digest", &ours)],
    ] {
        assert_eq!(gate.refuses("ALG-19", message(covered, &ours)).await, "uncovered", "{covered:?}");
    }
    let theirs = format!("sha-256=:{}:", digest("[]"));
    let wrong = STANDARD.encode([7; 64]);
    for (digests, why) in [
        (theirs.clone(), "signature_mismatch"),
        (format!("{ours}, sha-512=:{wrong}:"), "signature_mismatch"),
        (format!("sha-512=:{wrong}:, {ours}"), "signature_mismatch"),
        (format!("{theirs}, {ours}"), "signature_malformed"),
        ("md5=:mZFLkyvTelC5g8XnyQrpOw==:".to_owned(), "uncovered"),
        ("sha=:v7kdp0DRoXBRJgCMWmfXUQ==:".to_owned(), "uncovered"),
        ("sha-256=::".to_owned(), "signature_mismatch"),
    ] {
        let forged = message(&[method, target, ("content-digest", &digests)], &digests);
        assert_eq!(gate.refuses("ALG-20", forged).await, why, "{digests}");
    }
    gate.handles("all of it", message(&[method, target, ("content-digest", &ours)], &ours)).await;

    // The older draft, in which a digest is another header.
    let gate = build(Keygen::SCHEME);
    let signed = |covered: &[(&str, &str)], digest: &str, body: &'static str| {
        let lines: Vec<String> = covered.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let names: Vec<&str> = covered.iter().map(|(name, _)| *name).collect();
        let (signature, names) = (ed25519(&lines.join("\n")), names.join(" "));
        let signature =
            format!("keyid=\"test\", algorithm=\"ed25519\", signature=\"{signature}\", headers=\"{names}\"");
        let headers = [("date", DATE), ("digest", digest), ("keygen-signature", &signature)];
        let headers = headers.map(|(name, value)| (name, value.as_bytes()));
        post(&headers, body)
    };
    let ours = format!("sha-256={}", digest("{}"));
    let all = [
        ("(request-target)", "post /hooks"),
        ("host", "hooks.example.com"),
        ("date", DATE),
        ("digest", ours.as_str()),
    ];
    for covered in [&all[2..3], &all[..3], &all[1..], &all[3..]] {
        assert_eq!(gate.refuses("ALG-19", signed(covered, &ours, "{}")).await, "uncovered", "{covered:?}");
    }
    let theirs = format!("sha-256={}", digest("[]"));
    for digest in [&ours, &theirs] {
        assert_eq!(gate.refuses("ALG-20", signed(&all, digest, "[]")).await, "signature_mismatch");
    }
    gate.handles("all of it", signed(&all, &ours, "{}")).await;
    let whole = Signer::new::<MessageSignaturesEd25519>(ED).public_url(PUBLIC).at(NOW).target("/hooks");
    let whole = whole.sign("{}").expect("signed");
    let gate = build(MessageSignaturesEd25519::SCHEME);
    assert_eq!(gate.refuses("ALG-20", with_body(&whole, "[]")).await, "signature_mismatch");
}
