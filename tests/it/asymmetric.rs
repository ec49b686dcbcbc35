//! Attacks on public keys and tokens. Names like `ALG-01` are those of the catalogue of attacks.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hookgate::{
    ConfigError, Head, Provider, Reason, Secret, UnixTime, Verifier,
    providers::{
        AtlassianConnect, AwsSns, Discord, GooglePubSub, LiveKit, Plaid, SendGrid, StandardWebhooksV1a,
    },
    scheme::{Part::Body, Scheme, header},
    testing::Signer,
};

const EC: &str = include_str!("../keys/ec.pem");
const EC_PUBLIC: &str = include_str!("../keys/ec.pub.pem");
const ED: &str = include_str!("../keys/ed25519.pem");
const ED_PUBLIC: &str = include_str!("../keys/ed25519.pub.pem");
const RSA: &str = include_str!("../keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("../keys/rsa.pub.pem");
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const EMAIL: &str = "push@project.iam.gserviceaccount.com";
const BODY: &str = r#"{"message":{"messageId":"1"}}"#;

fn google(token: &str) -> Result<(), Reason> {
    let verifier = Verifier::builder::<GooglePubSub>()
        .public_key(RSA_PUBLIC)
        .config("audience", "us")
        .config("email", EMAIL);
    let headers = [("authorization", format!("Bearer {token}"))];
    let head = Head::new("POST", "/", &headers);
    let judged = verifier.build().expect("a verifier").verify(head, BODY, NOW);
    judged.map(drop).map_err(|error| error.reason())
}

/// A token of Google's that is right, in its three parts.
fn token() -> [String; 3] {
    let signer = Signer::new::<GooglePubSub>(RSA).config("audience", "us").config("email", EMAIL).at(NOW);
    let signed = signer.sign(BODY).expect("signed");
    let value = &signed.headers().iter().find(|(name, _)| name == "authorization").expect("a token").1;
    let parts: Vec<String> =
        value.strip_prefix("Bearer ").expect("a prefix").split('.').map(str::to_owned).collect();
    parts.try_into().expect("three parts")
}

#[test]
fn tokens_do_not_choose_how_they_are_verified() {
    let [_, claims, signature] = token();
    assert_eq!(google(&token().join(".")), Ok(()));
    let header = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let with = |json: &str, signature: &str| google(&format!("{}.{claims}.{signature}", header(json)));
    for none in ["none", "None", "NONE", "nOnE"] {
        let json = format!(r#"{{"alg":"{none}"}}"#);
        assert_eq!(with(&json, ""), Err(Reason::AlgorithmNotAllowed), "ALG-01 {none}");
        assert_eq!(with(&json, &signature), Err(Reason::AlgorithmNotAllowed), "ALG-01 {none}");
    }
    assert!(google("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.").is_err(), "ALG-01");
    // ALG-02: an HMAC with the public key's text as the secret.
    let hs256 = header(r#"{"alg":"HS256"}"#);
    let scheme = Scheme::hmac_sha256("x").signature(header_signature()).signs(&[Body]);
    let signed = Signer::for_scheme(scheme, Secret::dangerous_short("x".repeat(32)));
    let mac = signed.sign(format!("{hs256}.{claims}")).expect("signed");
    let mac = URL_SAFE_NO_PAD.encode(const_hex::decode(&mac.headers()[0].1).expect("hex"));
    assert_eq!(google(&format!("{hs256}.{claims}.{mac}")), Err(Reason::AlgorithmNotAllowed), "ALG-02");
    for other in ["RS512", "ES256", "PS256", "EdDSA", "rs256", ""] {
        let json = format!(r#"{{"alg":"{other}"}}"#);
        assert_eq!(with(&json, &signature), Err(Reason::AlgorithmNotAllowed), "ALG-03 {other}");
    }
    // ALG-05: what the token says about keys is not read; the signature is over another header then.
    for inside in [r#""jku":"https://evil.tld""#, r#""jwk":{"kty":"RSA"}"#, r#""x5u":"https://evil.tld""#] {
        let json = format!(r#"{{"alg":"RS256",{inside}}}"#);
        assert_eq!(with(&json, &signature), Err(Reason::SignatureMismatch), "ALG-05 {inside}");
    }
    for odd in
        [r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, r#"{"alg":"RS256","alg":"none"}"#, "[]", "{}", "x"]
    {
        assert_eq!(with(odd, &signature), Err(Reason::SignatureMalformed), "{odd}");
    }
    let [head, claims, signature] = token();
    for odd in [
        String::new(),
        "..".to_owned(),
        format!("{head}.{claims}"),
        format!("{head}.{claims}.{signature}."),
        format!("{head}.{claims}.{signature}=="),
        format!("{head}.{claims} .{signature}"),
        format!("{head}.{claims}.{}", STANDARD.encode([255; 256])),
    ] {
        assert!(google(&odd).is_err(), "{odd}");
    }
}

fn header_signature() -> hookgate::scheme::Signature {
    header("x-signature").hex()
}

#[test]
fn claims_are_judged() {
    let judge = |audience: &str, at: UnixTime| {
        let signer =
            Signer::new::<GooglePubSub>(RSA).config("audience", audience).config("email", EMAIL).at(at);
        let signed = signer.sign(BODY).expect("signed");
        let verifier = Verifier::builder::<GooglePubSub>()
            .public_key(RSA_PUBLIC)
            .config("audience", "us")
            .config("email", EMAIL);
        let judged = verifier.build().expect("a verifier").verify(signed.head(), signed.body().clone(), NOW);
        judged.map(drop).map_err(|error| error.reason())
    };
    assert_eq!(judge("us", NOW), Ok(()));
    assert_eq!(judge("others", NOW), Err(Reason::ClaimMismatch));
    assert_eq!(judge("us", UnixTime::from_secs(1_799_999_000)), Err(Reason::TooOld), "expired");
    let none = Verifier::builder::<GooglePubSub>().public_key(RSA_PUBLIC).build();
    assert!(
        matches!(none, Err(ConfigError::MissingConfig { name: "audience" })),
        "an audience is not optional"
    );
    // A token that binds the body, and another body.
    let signed = Signer::new::<LiveKit>("livekit-0123456789abcdef").config("api_key", "k").at(NOW).sign(BODY);
    let signed = signed.expect("signed");
    let verifier = Verifier::builder::<LiveKit>().secret("livekit-0123456789abcdef").config("api_key", "k");
    let verifier = verifier.build().expect("a verifier");
    assert!(verifier.verify(signed.head(), BODY, NOW).is_ok());
    let other = verifier.verify(signed.head(), r#"{"other":1}"#, NOW).map_err(|error| error.reason());
    assert_eq!(other.map(drop), Err(Reason::SignatureMismatch));
}

/// Atlassian Connect: the claim `qsh` is the SHA-256 of `POST&/hooks&a=1,2&b=x%20y`, in whatever order the query is.
#[test]
fn a_query_is_hashed_in_an_order_of_its_own() {
    const KEY: &str = "connect-shared-secret-connect-shared";
    let verifier = Verifier::builder::<AtlassianConnect>().secret(KEY).build().expect("a verifier");
    let signer = Signer::new::<AtlassianConnect>(KEY).at(NOW).target("/hooks?b=x+y&a=2&a=1&jwt=left-out");
    let signed = signer.sign("{}").expect("signed");
    let (_, token) = signed.headers().iter().find(|(name, _)| name == "authorization").expect("a token");
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: serde_json::Value = serde_json::from_slice(&claims.expect("base64")).expect("JSON");
    assert_eq!(claims["qsh"], "fabfa5562a1d5178661aec5a4b468ab8bb894199ea0fc15d27e38a7e7e7b858d");
    let judge = |target: &str| {
        let headers = signed.headers();
        verifier.verify(Head::new("POST", target, &headers), "{}", NOW).map_err(|error| error.reason())
    };
    assert!(judge("/hooks/?a=1&a=2&b=x%20y").is_ok());
    assert_eq!(judge("/hooks?a=1&a=3&b=x%20y").map(drop), Err(Reason::SignatureMismatch));
}

#[test]
fn weak_keys_are_refused() {
    let ed = |key: &str| Verifier::builder::<Discord>().public_key(key).build().map(drop);
    let small = "0100000000000000000000000000000000000000000000000000000000000000";
    assert_eq!(ed(small), Err(ConfigError::WeakKey { index: 0 }), "ALG-11");
    assert!(matches!(ed("00"), Err(ConfigError::UndecodableSecret { .. })));
    assert!(matches!(ed(RSA_PUBLIC), Err(ConfigError::UndecodableSecret { .. })), "another kind of key");
    // The 1024 bits of a published test certificate: only where that is said.
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../vectors/aws-sns.json")).expect("vectors");
    let certificate = vectors[0]["secrets"][0].as_str().expect("a certificate");
    let sns =
        |key: Secret| Verifier::builder::<AwsSns>().public_key(key).config("topic", "t").build().map(drop);
    assert_eq!(sns(Secret::new(certificate)), Err(ConfigError::WeakKey { index: 0 }));
    assert_eq!(sns(Secret::dangerous_short(certificate)), Ok(()));
    // The last that is too small, and the shortest that is not.
    let (small, short) = (include_str!("../keys/rsa-2040.pub.pem"), include_str!("../keys/rsa-e3.pub.pem"));
    assert_eq!(sns(Secret::new(small)), Err(ConfigError::WeakKey { index: 0 }));
    assert_eq!(sns(Secret::new(short)), Ok(()));
    // And where weak ones are allowed.
    let (small, short) =
        (include_str!("../keys/rsa-1000.pub.pem"), include_str!("../keys/rsa-1024-e3.pub.pem"));
    assert_eq!(sns(Secret::dangerous_short(small)), Err(ConfigError::WeakKey { index: 0 }));
    assert_eq!(sns(Secret::dangerous_short(short)), Ok(()));
    let hmac = Verifier::builder::<hookgate::providers::GitHub>().secret(EC_PUBLIC.trim()).build();
    assert!(matches!(hmac, Err(ConfigError::NotASecret { .. })), "KEY-09");
}

#[test]
fn the_signature_of_zeros_is_nobodys() {
    for (scheme, zeros) in [
        (Scheme::ecdsa_p256("x"), "3006020100020100".to_owned()),
        (Scheme::ecdsa_p256_fixed("x"), "0".repeat(128)),
        (Scheme::ed25519("x"), "0".repeat(128)),
    ] {
        let key = if scheme.algorithm() == "Ed25519" { ED_PUBLIC } else { EC_PUBLIC };
        let verifier = Verifier::builder_for(scheme.signature(header_signature()).signs(&[Body]));
        let verifier = verifier.public_key(key).build().expect("a verifier");
        let headers = [("x-signature", zeros)];
        let judged =
            verifier.verify(Head::new("POST", "/", &headers), "{}", NOW).map_err(|error| error.reason());
        assert_eq!(judged.map(drop), Err(Reason::SignatureMismatch), "ALG-13 {}", scheme.algorithm());
    }
}

/// The order of P-256's group.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// `ORDER - s`.
fn twin(s: &[u8]) -> Vec<u8> {
    let (mut out, mut borrow) = (vec![0; 32], 0_i32);
    for at in (0..32).rev() {
        let digit = i32::from(ORDER[at]) - i32::from(s[at]) - borrow;
        borrow = i32::from(digit < 0);
        out[at] = digit.rem_euclid(256) as u8;
    }
    out
}

/// ALG-14: whoever has one ECDSA signature can make its twin. It verifies, and is the same event.
#[tokio::test]
async fn the_twin_of_a_signature_is_the_same_event() {
    use crate::support::{Effects, ask, counting};

    let scheme = Scheme::ecdsa_p256_fixed("twins").signature(header_signature()).signs(&[Body]);
    let mut signed = Signer::for_scheme(scheme, EC).target("/hooks").sign("{}").expect("signed");
    let receiver = hookgate::Receiver::builder_for(scheme).public_key(EC_PUBLIC).build().expect("a receiver");
    let effects = Effects::default();
    let app = counting(&receiver, &effects, std::time::Duration::ZERO);
    assert_eq!(ask(&app, &signed).await, (204, "handled"));
    let value = &mut signed.headers_mut().iter_mut().find(|(name, _)| name == "x-signature").expect("one").1;
    let bytes = const_hex::decode(value.as_str()).expect("hex");
    *value = const_hex::encode([&bytes[..32], &twin(&bytes[32..])].concat());
    assert_eq!(ask(&app, &signed).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// RES-10: candidates cost a public-key operation each, so few are looked at.
#[test]
fn many_signatures_cost_few_verifications() {
    let verifier =
        Verifier::builder::<StandardWebhooksV1a>().public_key(ED_PUBLIC).build().expect("a verifier");
    let signed = Signer::new::<StandardWebhooksV1a>(ED).at(NOW).id("msg_1").sign("{}").expect("signed");
    let good = &signed.headers().iter().find(|(name, _)| name == "webhook-signature").expect("one").1;
    let junk = format!("v1a,{}", STANDARD.encode([7; 64]));
    let judge = |value: String| {
        let headers: Vec<(String, String)> = signed
            .headers()
            .iter()
            .map(|(name, old)| {
                (name.clone(), if name == "webhook-signature" { value.clone() } else { old.clone() })
            })
            .collect();
        verifier.verify(Head::new("POST", "/", &headers), "{}", NOW).map(drop).map_err(|error| error.reason())
    };
    let after = |count: usize| judge(format!("{} {good}", vec![junk.as_str(); count].join(" ")));
    assert_eq!(after(7), Ok(()));
    assert_eq!(after(8), Err(Reason::TooManySignatures));
    assert_eq!(judge(vec![junk.as_str(); 16].join(" ")), Err(Reason::TooManySignatures));
    assert_eq!(judge(vec![junk.as_str(); 80].join(" ")), Err(Reason::TooManySignatures));
}

/// The members of a notification are signed line by line: what ends a message must not become an id.
#[test]
fn lines_of_a_message_are_no_members() {
    let topic = "arn:aws:sns:us-east-1:1:topic";
    let body = serde_json::json!({"Message": "hello\nMessageId\nanother", "MessageId": "first"});
    let signer = Signer::new::<AwsSns>(RSA).config("topic", topic).at(NOW);
    let signed = signer.sign(body.to_string()).expect("signed");
    let verifier = Verifier::builder::<AwsSns>().public_key(RSA_PUBLIC).config("topic", topic);
    let verifier = verifier.build().expect("a verifier");
    let judge = |body: String| {
        let judged = verifier.verify(signed.head(), body, NOW);
        judged.map(|delivery| delivery.id().map(ToString::to_string)).map_err(|error| error.reason())
    };
    let body = String::from_utf8(signed.body().to_vec()).expect("text");
    assert_eq!(judge(body.clone()), Ok(Some("first".to_owned())));
    let moved = body
        .replace(r#""Message":"hello\nMessageId\nanother""#, r#""Message":"hello""#)
        .replace(r#""MessageId":"first""#, r#""MessageId":"another\nMessageId\nfirst""#);
    assert_ne!(moved, body);
    assert_eq!(judge(moved), Err(Reason::IdMalformed));
}

#[test]
fn keys_are_read_in_every_form_that_providers_show() {
    let der = |pem: &str| -> Vec<u8> {
        let digits: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        STANDARD.decode(digits).expect("base64")
    };
    fn verifies<P: Provider>(private: &str, key: &str) -> bool {
        let signed = Signer::new::<P>(private).at(NOW).sign("{}").expect("signed");
        let verifier = Verifier::builder::<P>().public_key(key).build();
        verifier.is_ok_and(|verifier| verifier.verify(signed.head(), signed.body().clone(), NOW).is_ok())
    }
    let ed = der(ED_PUBLIC);
    let raw = &ed[ed.len() - 32..];
    let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(raw));
    for key in [ED_PUBLIC.to_owned(), const_hex::encode(raw), jwk] {
        assert!(verifies::<Discord>(ED, &key), "{key}");
    }
    for key in [format!("whpk_{}", STANDARD.encode(raw)), STANDARD.encode(raw), ED_PUBLIC.to_owned()] {
        assert!(verifies::<StandardWebhooksV1a>(ED, &key), "{key}");
    }
    let ec = der(EC_PUBLIC);
    let point = &ec[ec.len() - 64..];
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[..32]), URL_SAFE_NO_PAD.encode(&point[32..]));
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    for key in [EC_PUBLIC.to_owned(), STANDARD.encode(&ec), jwk.clone()] {
        assert!(verifies::<SendGrid>(EC, &key), "{key}");
        assert!(verifies::<Plaid>(EC, &key), "{key}");
    }
    let withdrawn = jwk.replace("}", r#","expired_at":1700000000}"#);
    assert!(!verifies::<Plaid>(EC, &withdrawn), "a key that is marked as withdrawn");
}
