//! ALG: web tokens, and the keys that they name.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{body::Body, http::Request};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hookgate::{
    Answer, ConfigError, FetchedKeys, KeyId, KeySource, Provider, Receiver, Secret,
    providers::{FusionAuth, GoogleChat, GooglePubSub, LiveKit, Plaid},
    scheme::{Jwt, JwtAlgorithm, Place, Scheme, header},
    testing::{Op, Signer},
};

use super::{Gate, post, with, with_body};
use crate::support::{NOW, SECRET, request, tag};

const EC: &str = include_str!("../../keys/ec.pem");
const EC_PUBLIC: &str = include_str!("../../keys/ec.pub.pem");
const RSA: &str = include_str!("../../keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("../../keys/rsa.pub.pem");
const EMAIL: &str = "push@project.iam.gserviceaccount.com";
const PUSH: &str = r#"{"message":{"messageId":"1"}}"#;
/// SHA-256 of `{}` in hex and in base64.
const EMPTY: &str = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

/// Header and claims with a signature by the key of this scheme.
fn token(scheme: Scheme, key: impl Into<Secret>, header_: &str, claims: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header_), URL_SAFE_NO_PAD.encode(claims));
    let signature = tag(scheme, Place::base64url, key, signed.clone());
    format!("{signed}.{}", signature.trim_end_matches('='))
}

fn rs256(claims: &str) -> String {
    token(Scheme::rsa_sha256("rs256"), RSA, r#"{"alg":"RS256","kid":"k1"}"#, claims)
}

/// The claims of Google for us, with one of them replaced.
fn google(name: &str, value: &str) -> String {
    let fields = [
        ("iss", r#""https://accounts.google.com""#),
        ("aud", r#""https://hooks.example.com""#),
        ("email", r#""push@project.iam.gserviceaccount.com""#),
        ("email_verified", "true"),
        ("iat", "1699999990"),
        ("exp", "1700003600"),
    ];
    let fields = fields.iter().map(|(known, own)| (*known, if *known == name { value } else { *own }));
    let fields: Vec<String> = fields
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn pushed(token: &str) -> Request<Body> {
    post(&[("authorization", format!("Bearer {token}").as_bytes())], PUSH)
}

fn google_gate(scheme: Scheme) -> Gate {
    Gate::with(scheme, |builder| {
        let builder = builder.public_key(RSA_PUBLIC).config("audience", "https://hooks.example.com");
        builder.config("email", EMAIL)
    })
}

/// ALG-01: a token that says it needs no signature. ALG-02: the public key's text as the key of an HMAC.
/// ALG-03: any algorithm that the scheme does not have.
#[tokio::test]
async fn a_token_does_not_choose_its_algorithm() {
    let gate = google_gate(GooglePubSub::SCHEME);
    let claims = google("", "");
    let right = rs256(&claims);
    let signature = right.rsplit('.').next().expect("a signature");
    // `{"alg":"none"}` and `{"sub":"x"}` without a signature.
    gate.refuses("ALG-01", pushed("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")).await;
    let named = |alg: &str, signature: &str| {
        let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":{alg},"kid":"k1"}}"#));
        pushed(&format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(&claims)))
    };
    for none in ["none", "None", "NONE", "nOnE"] {
        for signature in ["", signature] {
            let why = gate.refuses("ALG-01", named(&format!("\"{none}\""), signature)).await;
            assert_eq!(why, "algorithm_not_allowed", "{none}");
        }
    }
    for key in [RSA_PUBLIC, RSA_PUBLIC.trim(), &RSA_PUBLIC.replace('\n', "")] {
        // No signer takes a public key for a secret, so the MAC is made by hand.
        for forged in [hs256(key.as_bytes(), &claims), hs256(b"", &claims)] {
            assert_eq!(gate.refuses("ALG-02", pushed(&forged)).await, "algorithm_not_allowed");
        }
    }
    for other in [
        "\"RS512\"",
        "\"rs256\"",
        "\"PS256\"",
        "\"ES256\"",
        "\"EdDSA\"",
        "\"HS256\"",
        "\"\"",
        "null",
        "[\"RS256\"]",
        "17",
    ] {
        gate.refuses(&format!("ALG-03 {other}"), named(other, signature)).await;
    }
    let es256 = token(Scheme::ecdsa_p256_fixed("es256"), EC, r#"{"alg":"ES256"}"#, &claims);
    assert_eq!(gate.refuses("ALG-03", pushed(&es256)).await, "algorithm_not_allowed");
    gate.handles("the right one", pushed(&right)).await;

    // The other way round: a scheme of another algorithm.
    let gate = Gate::with(Plaid::SCHEME, |builder| builder.public_key(EC_PUBLIC));
    let claims = format!(r#"{{"iat":1700000000,"request_body_sha256":"{EMPTY}"}}"#);
    for forged in [rs256(&claims), hs256(EC_PUBLIC.as_bytes(), &claims)] {
        let forged = post(&[("plaid-verification", forged.as_bytes())], "{}");
        assert_eq!(gate.refuses("ALG-03", forged).await, "algorithm_not_allowed");
    }
    let right = token(Scheme::ecdsa_p256_fixed("es256"), EC, r#"{"alg":"ES256"}"#, &claims);
    gate.handles("the right one", post(&[("plaid-verification", right.as_bytes())], "{}")).await;
}

/// A token with an HMAC under any bytes (RFC 2104).
fn hs256(key: &[u8], claims: &str) -> String {
    let key = if key.is_empty() { &[0][..] } else { key };
    let key = Secret::dangerous_short(const_hex::encode(key));
    let scheme = Scheme::hmac_sha256("hs256").key(hookgate::scheme::KeyForm::HEX);
    token(scheme, key, r#"{"alg":"HS256","typ":"JWT"}"#, claims)
}

/// Notes every name that it is asked for.
#[derive(Clone, Default)]
struct Source {
    asked: Arc<Mutex<Vec<KeyId>>>,
    fails: Arc<AtomicBool>,
}

impl KeySource for Source {
    async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
        self.asked.lock().expect("names").push(id.clone());
        match (self.fails.load(SeqCst), id) {
            (true, _) => Err("no answer".into()),
            (_, KeyId::Named(name)) if &**name == "k1" => Ok(vec![EC_PUBLIC.into()]),
            _ => Ok(vec![]),
        }
    }
}

fn plaid(header: &str) -> Request<Body> {
    let claims = format!(r#"{{"iat":1700000000,"request_body_sha256":"{EMPTY}"}}"#);
    let token = token(Scheme::ecdsa_p256_fixed("es256"), EC, header, &claims);
    post(&[("plaid-verification", token.as_bytes())], "{}")
}

/// ALG-04: the name of a key is for looking it up, and for nothing else.
#[tokio::test]
async fn a_key_id_is_a_name() {
    let source = Source::default();
    let gate = Gate::with(Plaid::SCHEME, |builder| builder.fetched_keys(FetchedKeys::new(source.clone())));
    for kid in ["../../dev/null", "x' OR 1=1 --", "https://evil.tld/key", "unknown", "k1\\u0000", "K1", ""] {
        let header = format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#);
        for _ in 0..3 {
            assert_eq!(gate.refuses(kid, plaid(&header)).await, "unknown_key");
        }
        let asked = source.asked.lock().expect("names").len();
        assert_eq!(
            std::mem::take(&mut *source.asked.lock().expect("names")).len(),
            1,
            "{kid}: {asked} lookups"
        );
    }
    for kid in ["1", "null", "[\"k1\"]", "{\"$ne\":null}"] {
        let header = format!(r#"{{"alg":"ES256","kid":{kid}}}"#);
        assert_eq!(gate.refuses(kid, plaid(&header)).await, "unknown_key");
    }
    let before = source.asked.lock().expect("names").len();
    let long = format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "k".repeat(100_000));
    assert_eq!(gate.refuses("100 KB", plaid(&long)).await, "signature_too_long");
    assert_eq!(source.asked.lock().expect("names").len(), before, "not even looked up");
    gate.handles("the right one", plaid(r#"{"alg":"ES256","kid":"k1"}"#)).await;
}

/// A token in the header or, without one there, in the body: its key is looked up either way.
#[tokio::test]
async fn a_key_is_looked_up_for_a_token_wherever_it_is() {
    const RULE: Jwt = Jwt::new(&[JwtAlgorithm::Es256]);
    let scheme = Scheme::jwt("test", &RULE).signature(header("x-token").raw());
    let scheme = scheme.or_signatures(const { &[hookgate::scheme::json("/token").raw()] });
    let source = Source::default();
    let gate = Gate::with(scheme, |builder| builder.fetched_keys(FetchedKeys::new(source.clone())));
    let token = token(Scheme::ecdsa_p256_fixed("es256"), EC, r#"{"alg":"ES256","kid":"k1"}"#, "{}");
    gate.handles("in the header", post(&[("x-token", token.as_bytes())], "{}")).await;
    gate.handles("in the body", post(&[], format!(r#"{{"token":"{token}"}}"#))).await;
    assert_eq!(gate.refuses("nowhere", post(&[], r#"{"token":null}"#)).await, "signature_malformed");
    assert_eq!(gate.refuses("nowhere", post(&[], "{}")).await, "signature_missing");
}

/// ALG-05: a token that brings its own key, or says where to get it.
#[tokio::test]
async fn a_token_does_not_bring_its_key() {
    let (source, claims) =
        (Source::default(), format!(r#"{{"iat":1700000000,"request_body_sha256":"{EMPTY}"}}"#));
    let fetched = Gate::with(Plaid::SCHEME, |builder| builder.fetched_keys(FetchedKeys::new(source.clone())));
    let fixed = Gate::with(Plaid::SCHEME, |builder| builder.public_key(EC_PUBLIC));
    // The attacker's own pair.
    let theirs = include_str!("../../keys/apple-other-chain.pem");
    for inside in [
        r#""jku":"http://127.0.0.1:9/keys""#,
        r#""x5u":"http://127.0.0.1:9/cert""#,
        r#""jwk":{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        r#""x5c":["MIIB"]"#,
    ] {
        let header = format!(r#"{{"alg":"ES256","kid":"k1",{inside}}}"#);
        let forged = token(Scheme::ecdsa_p256_fixed("es256"), theirs, &header, &claims);
        for gate in [&fetched, &fixed] {
            let forged = post(&[("plaid-verification", forged.as_bytes())], "{}");
            assert_eq!(gate.refuses(inside, forged).await, "signature_mismatch");
        }
    }
    assert_eq!(*source.asked.lock().expect("names"), [KeyId::Named("k1".into())], "asked once, for a name");
}

/// ALG-16: a token that Google signed, but not for us, not for this sender, or not for now.
#[tokio::test]
async fn a_token_for_somebody_else_is_no_token() {
    for scheme in [GooglePubSub::SCHEME, GoogleChat::SCHEME] {
        let gate = google_gate(scheme);
        for (name, value, why) in [
            ("aud", r#""https://others.example.com""#, "claim_mismatch"),
            ("aud", "", "claim_mismatch"),
            ("aud", r#"["https://others.example.com"]"#, "claim_mismatch"),
            ("iss", r#""https://accounts.evil.tld""#, "claim_mismatch"),
            ("iss", "", "claim_mismatch"),
            ("email", r#""other@project.iam.gserviceaccount.com""#, "claim_mismatch"),
            ("email", "", "claim_mismatch"),
            ("email_verified", "false", "claim_mismatch"),
            ("email_verified", r#""true""#, "claim_mismatch"),
            ("email_verified", "", "claim_mismatch"),
            ("exp", "1699999999", "too_old"),
            ("exp", r#""never""#, "timestamp_malformed"),
            ("exp", "null", "timestamp_malformed"),
            ("exp", "-1", "timestamp_malformed"),
            ("exp", "1e400", "claim_mismatch"),
            ("exp", "", "timestamp_missing"),
        ] {
            let what = format!("{} {name} {value}", scheme.name());
            assert_eq!(gate.refuses(&what, pushed(&rs256(&google(name, value)))).await, why, "{what}");
        }
        gate.handles("for us", pushed(&rs256(&google("", "")))).await;
        let several = r#"["https://others.example.com","https://hooks.example.com"]"#;
        let several = pushed(&rs256(&google("aud", several)));
        google_gate(scheme).handles("for others and us", several).await;
        for missing in ["audience", "email"] {
            let builder = Receiver::builder_for(scheme).public_key(RSA_PUBLIC);
            let builder = builder.config(if missing == "email" { "audience" } else { "email" }, "x");
            assert_eq!(builder.build().map(drop), Err(ConfigError::MissingConfig { name: missing }));
        }
    }
}

/// RFC 7519, sections 4.1.4 to 4.1.6: `exp` is the first moment at which a token is too old, `nbf` the first at
/// which it is not too new.
#[tokio::test]
async fn a_token_is_good_between_its_times() {
    const STRICT: Jwt = Jwt::new(&[JwtAlgorithm::Hs256]);
    const LENIENT: Jwt = STRICT.leeway_secs(10).expires();
    const FRESH: Jwt = STRICT.max_age_secs(300);
    let gate = |rule: &'static Jwt| {
        let scheme = Scheme::jwt("test", rule).signature(header("x-token").raw());
        Gate::with(scheme, |builder| builder.secret(SECRET))
    };
    let strict = gate(&STRICT);
    let (lenient, fresh) = (gate(&LENIENT), gate(&FRESH));
    let narrower = Scheme::jwt("test", &FRESH).signature(header("x-token").raw());
    let narrower = Gate::with(narrower, |builder| builder.secret(SECRET).tolerance(Duration::from_secs(60)));
    const TIMED: Jwt = FRESH.expires();
    let timeless = Scheme::jwt("test", &TIMED).signature(header("x-token").raw());
    let timeless = Gate::with(timeless, |builder| builder.secret(SECRET).dangerous_ignore_timestamp());
    for (gate, claims, why) in [
        (&strict, r#"{"exp":1700000001}"#, ""),
        (&strict, r#"{"exp":1700000000}"#, "too_old"),
        (&strict, r#"{"exp":1700000000.25}"#, ""),
        (&strict, r#"{"nbf":1700000000}"#, ""),
        (&strict, r#"{"nbf":1700000001}"#, "from_the_future"),
        (&strict, r#"{"iat":0}"#, ""),
        (&strict, r#"{"iat":999999999999999}"#, ""),
        (&strict, r#"{"iat":1e15}"#, "timestamp_malformed"),
        (&lenient, r#"{"exp":1699999991}"#, ""),
        (&lenient, r#"{"exp":1699999990}"#, "too_old"),
        (&lenient, r#"{"exp":1800000000,"nbf":1700000010}"#, ""),
        (&lenient, r#"{"exp":1800000000,"nbf":1700000011}"#, "from_the_future"),
        (&lenient, "{}", "timestamp_missing"),
        (&fresh, r#"{"iat":1699999700}"#, ""),
        (&fresh, r#"{"iat":1699999699}"#, "too_old"),
        (&fresh, r#"{"iat":1700000300}"#, ""),
        (&fresh, r#"{"iat":1700000301}"#, "from_the_future"),
        (&fresh, "{}", "timestamp_missing"),
        (&narrower, r#"{"iat":1699999940}"#, ""),
        (&narrower, r#"{"iat":1699999939}"#, "too_old"),
        (&timeless, r#"{"iat":1,"exp":1}"#, ""),
        (&timeless, r#"{"iat":1800000000,"exp":1,"nbf":1800000000}"#, ""),
        (&timeless, r#"{"iat":1}"#, "timestamp_missing"),
        (&timeless, r#"{"exp":1}"#, "timestamp_missing"),
        (&timeless, r#"{"iat":1,"exp":"never"}"#, "timestamp_malformed"),
    ] {
        // Each has a body of its own, by which events are told apart here.
        let request = post(&[("x-token", hs256(SECRET.as_bytes(), claims).as_bytes())], claims);
        match why {
            "" => gate.handles(claims, request).await,
            why => assert_eq!(gate.refuses(claims, request).await, why, "{claims}"),
        }
    }
}

/// ALG-18: while keys cannot be had, the sender is asked to come again; those that are kept still work.
#[tokio::test]
async fn keys_that_cannot_be_had_are_our_fault() {
    let (source, ttl) = (Source::default(), Duration::from_millis(200));
    let keys = FetchedKeys::new(source.clone()).ttl(ttl);
    let gate = Gate::with(Plaid::SCHEME, |builder| builder.fetched_keys(keys));
    let right = || plaid(r#"{"alg":"ES256","kid":"k1"}"#);
    source.fails.store(true, SeqCst);
    let response = gate.send(right()).await;
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(response.extensions().get::<Answer>().expect("an answer").why(), "key_lookup_failed");
    assert_eq!((gate.effects.runs(), gate.bench.store.all_calls()), (0, 0));
    source.fails.store(false, SeqCst);
    gate.handles("they are back", right()).await;
    source.fails.store(true, SeqCst);
    gate.handles("the key is kept", right()).await;
    tokio::time::sleep(ttl * 2).await;
    assert_eq!(gate.ask(right()).await, (503, "refused", "key_lookup_failed"), "but not for ever");
    assert_eq!(gate.bench.store.calls(Op::Claim), 2);
}

/// ALG-21: a token that holds the hash of another body.
#[tokio::test]
async fn a_token_binds_its_body() {
    let gate = Gate::with(LiveKit::SCHEME, |builder| builder.secret(SECRET).config("api_key", "key"));
    let signer = Signer::new::<LiveKit>(SECRET).config("api_key", "key").at(NOW).target("/hooks");
    let signed = signer.sign(r#"{"id":"1"}"#).expect("a delivery");
    for body in ["", "{}", r#"{"id":"2"}"#, r#"{"id":"1"} "#] {
        assert_eq!(gate.refuses(body, with_body(&signed, body)).await, "signature_mismatch");
    }
    let name = "authorization";
    let bare = format!(r#"{{"iss":"key","exp":{}}}"#, 1_700_000_060);
    let bare = hs256(SECRET.as_bytes(), &bare);
    let bare = with(&signed, name, &bare);
    gate.turns_away("a token that holds no hash", &bare).await;
    gate.handles("its own", request(&signed)).await;

    let gate = Gate::with(Plaid::SCHEME, |builder| builder.public_key(EC_PUBLIC));
    let signed = Signer::new::<Plaid>(EC).at(NOW).target("/hooks").sign("{}").expect("a delivery");
    assert_eq!(gate.refuses("plaid", with_body(&signed, "[]")).await, "signature_mismatch");
    let gate = Gate::new(FusionAuth::SCHEME);
    let signed = Signer::new::<FusionAuth>(SECRET).at(NOW).target("/hooks").sign("{}").expect("a delivery");
    assert_eq!(gate.refuses("fusionauth", with_body(&signed, "[]")).await, "signature_mismatch");
}
