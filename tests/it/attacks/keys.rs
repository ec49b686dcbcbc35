//! KEY: secrets that are none, and whose they are. KEY-16 needs routes without a gate and is in
//! `tests/parity/cases.rs`; KEY-17 needs code that does not compile and is in `src/lib.rs`.

use std::{fs, marker::PhantomData, path::Path, time::Duration};

use hookgate::{
    ConfigError, Custom, FetchedKeys, KeyId, KeySource, Provider, Receiver, Secret, Tenants, Verifier,
    providers::{self, GitHub, Plaid, Shopify, Slack, StandardWebhooks, Stripe},
    scheme::Scheme,
    testing::{Signer, work},
};

use super::{BODY, Gate, OWN, WHSEC, families, post, value, with, without};
use crate::support::{Effects, NOW, SECRET, ask, counting, request};

const OTHER: &str = "whsec_another_0123456789abcdef012345678";

fn build(scheme: Scheme, secrets: &[&str]) -> Result<(), ConfigError> {
    let all = secrets.iter().fold(Receiver::builder_for(scheme), |builder, secret| builder.secret(*secret));
    all.build().map(drop)
}

/// KEY-01: no receiver has an empty secret, so that nobody can sign with it.
#[tokio::test]
async fn an_empty_secret_is_none() {
    for scheme in providers::ALL {
        let built = build(*scheme, &[""]);
        // What Apple signs with ends at a certificate.
        let expected = match scheme.name() {
            "app-store" => ConfigError::UndecodableSecret { index: 0, form: "a root certificate" },
            _ => ConfigError::EmptySecret { index: 0 },
        };
        assert_eq!(built, Err(expected), "{}", scheme.name());
        let short = Receiver::builder_for(*scheme).secret(Secret::dangerous_short("")).build();
        assert!(short.is_err(), "{}: nor where short ones are allowed", scheme.name());
    }
    // MACs under the empty key. Computed.
    let stripe = "t=1700000000,v1=2f4bef601eb60225bec92c791e444815efe7e0f4a546c3ec49674568c6a87fd8";
    let forged = post(&[("stripe-signature", stripe.as_bytes())], BODY);
    assert_eq!(Gate::new(Stripe::SCHEME).refuses("stripe", forged).await, "signature_mismatch");
    let github = "sha256=7ef86356464f0e46d16d06fc5cea55dd3ddded60ba1e58990d0577739267e819";
    let zen = r#"{"zen":"Keep it logically awesome.","hook_id":1}"#;
    let forged = post(&[("x-hub-signature-256", github.as_bytes())], zen);
    assert_eq!(Gate::new(GitHub::SCHEME).refuses("github", forged).await, "signature_mismatch");
}

/// KEY-02: white space, and nothing is trimmed. KEY-03: a prefix with nothing behind it. KEY-04: what does
/// not decode. KEY-05: what is too short. KEY-06: none at all. KEY-07: one bad one among good ones.
/// KEY-08: placeholders. KEY-09: keys and files of another kind.
#[test]
fn what_is_no_secret_builds_nothing() {
    use ConfigError::{
        BlankSecret, EmptySecret, NoSecret, NotASecret, ShortSecret, TooManySecrets, UndecodableSecret,
    };
    let (text, base64) = (Stripe::SCHEME, StandardWebhooks::SCHEME);
    for blank in ["\n", "   ", "\t", "whsec_abcdefghijklmnopqrst\n", " whsec_abcdefghijklmnopqrst", "\u{a0}"]
    {
        assert_eq!(build(text, &[blank]), Err(BlankSecret { index: 0 }), "KEY-02 {blank:?}");
        assert_eq!(build(base64, &[blank]), Err(BlankSecret { index: 0 }), "KEY-02 {blank:?}");
    }
    assert_eq!(build(base64, &["whsec_"]), Err(EmptySecret { index: 0 }), "KEY-03");
    for bad in ["whsec_###", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "not base64 at all"] {
        assert!(matches!(build(base64, &[bad]), Err(UndecodableSecret { index: 0, .. })), "KEY-04 {bad}");
    }
    for scheme in [text, OWN, GitHub::SCHEME, Slack::SCHEME, Shopify::SCHEME] {
        assert_eq!(build(scheme, &["8 bytes!"]), Err(ShortSecret { index: 0, least: 16 }), "KEY-05");
        assert_eq!(build(scheme, &["15 bytes of it!"]), Err(ShortSecret { index: 0, least: 16 }));
        assert_eq!(build(scheme, &["16 bytes of that"]), Ok(()));
    }
    assert!(matches!(build(base64, &["whsec_OCBieXRlcyE="]), Err(ShortSecret { index: 0, .. })), "KEY-05");
    let short = Receiver::builder_for(text).secret(Secret::dangerous_short("8 bytes!"));
    assert!(short.build().is_ok(), "by a name that says what it is");
    for scheme in providers::ALL {
        assert_eq!(build(*scheme, &[]), Err(NoSecret), "KEY-06 {}", scheme.name());
    }
    assert_eq!(build(text, &[SECRET, ""]), Err(EmptySecret { index: 1 }), "KEY-07");
    assert_eq!(build(text, &["", SECRET]), Err(EmptySecret { index: 0 }), "KEY-07");
    assert_eq!(build(text, &[SECRET, OTHER, "  "]), Err(BlankSecret { index: 2 }), "KEY-07");
    assert_eq!(build(base64, &[WHSEC, "whsec_"]), Err(EmptySecret { index: 1 }), "KEY-07");
    assert_eq!(build(text, &[SECRET; 5]), Err(TooManySecrets));
    let not = |index| move |built| matches!(built, Err(NotASecret { index: at, .. }) if at == index);
    for placeholder in
        ["changeme", "CHANGE_ME", "${WEBHOOK_SECRET}", "{{ secret }}", "<your secret>", "xxxxxxxxxxxxxxxx"]
    {
        assert!(not(0)(build(text, &[placeholder])), "KEY-08 {placeholder}");
        assert!(not(1)(build(text, &[SECRET, placeholder])), "KEY-08 {placeholder}");
    }
    let public = include_str!("../../keys/ec.pub.pem").trim();
    let jwk = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x"}"#;
    for key in [
        public,
        include_str!("../../keys/rsa.pem").trim(),
        jwk,
        "file:///run/secrets/stripe",
        "https://vault.internal/stripe",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI",
    ] {
        for scheme in [text, base64, GitHub::SCHEME, OWN] {
            assert!(not(0)(build(scheme, &[key])), "KEY-09 {key}");
        }
        let short = Receiver::builder_for(text).secret(Secret::dangerous_short(key)).build().map(drop);
        assert!(not(0)(short), "KEY-09 {key}");
    }
}

trait Otherwise {
    const HAS_DEFAULT: bool = false;
}

impl<T> Otherwise for T {}

/// An inherent constant is found before that of a trait, where its bound holds.
struct Probe<T>(PhantomData<T>);

impl<T: Default> Probe<T> {
    #[allow(dead_code)]
    const HAS_DEFAULT: bool = true;
}

/// KEY-08: nothing has a secret unless it is given one.
#[test]
fn no_secret_is_compiled_in() {
    const { assert!(Probe::<String>::HAS_DEFAULT) }
    const { assert!(!Probe::<Secret>::HAS_DEFAULT) }
    const { assert!(!Probe::<Verifier>::HAS_DEFAULT) }
    const { assert!(!Probe::<Receiver<Custom>>::HAS_DEFAULT) }
    fn search(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                search(&entry, found);
                continue;
            }
            let source = fs::read_to_string(&entry).expect("a source file");
            let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                let literal = |mark: &str| {
                    let rest = line.split(mark).nth(1).unwrap_or_default();
                    rest.chars().take_while(char::is_ascii_alphanumeric).count() >= 8
                };
                let prefixes = ["\"whsec_", "\"v1,whsec_", "\"shpss_", "\"sk_", "\"ghp_"];
                if prefixes.iter().any(|mark| literal(mark)) || line.contains("BEGIN PRIVATE KEY-----\\n") {
                    found.push(format!("{}: {line}", entry.display()));
                }
            }
        }
    }
    let mut found = Vec::new();
    search(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert!(found.is_empty(), "{found:#?}");
}

/// KEY-10: nothing in a request says that it need not be verified.
#[tokio::test]
async fn there_is_no_test_mode() {
    for family in families() {
        let gate = family.gate();
        for body in [
            r#"{"id":"evt_test_1","type":"ping","livemode":false}"#,
            r#"{"id":"evt_test_webhook","test":true,"environment":"sandbox"}"#,
            r#"{"type":"url_verification","challenge":"abc"}"#,
        ] {
            let signed = family.sign(body);
            let forged = family.with_digest(&signed, &[0; 32]);
            for (name, said) in [
                ("x-test", "1"),
                ("x-hookgate-skip", "true"),
                ("x-debug", "true"),
                ("host", "localhost"),
                ("x-forwarded-for", "127.0.0.1"),
                ("user-agent", "GitHub-Hookshot/044aadd"),
                ("authorization", "Bearer test"),
            ] {
                let what = format!("{} {name}", family.name());
                let why = gate.turns_away(&what, &with(&forged, name, said)).await;
                assert_eq!(why, "signature_mismatch");
                let why = gate.turns_away(&what, &with(&family.unsigned(&signed), name, said)).await;
                assert_eq!(why, "signature_missing");
            }
        }
    }
}

fn tenants() -> Tenants {
    Tenants::new(
        |head| head.header("x-tenant").map(str::to_owned),
        |tenant| async move {
            match &*tenant {
                "a" => Ok(Some(vec![Secret::from(SECRET)])),
                "b" => Ok(Some(vec![Secret::from(OTHER)])),
                "none" => Ok(Some(vec![])),
                "blank" => Ok(Some(vec![Secret::from("")])),
                "down" => Err(std::io::Error::other("timed out")),
                _ => Ok(None),
            }
        },
    )
}

/// KEY-11: no tenant, no secrets, or none to be had. Who is unknown is answered like a bad signature and
/// costs as much; what is our fault is a 5xx. OUT-04: no work tells which tenants there are.
#[tokio::test]
async fn a_lookup_that_finds_nothing_lets_nobody_in() {
    let gate = Gate::with(Stripe::SCHEME, |builder| builder.tenants(tenants()));
    let sign = |tenant: &str, secret: &str| {
        let signer = Signer::new::<Stripe>(secret).at(NOW).target("/hooks").header("x-tenant", tenant);
        signer.sign(BODY).expect("a delivery")
    };
    gate.turns_away("a tenant with a wrong secret", &sign("a", OTHER)).await;
    let mut costs = Vec::new();
    for (tenant, why) in
        [("a", "signature_mismatch"), ("nobody", "unknown_tenant"), ("none", "unknown_tenant")]
    {
        for secret in [OTHER, "whsec_yet_another_0123456789abcdef0123"] {
            let (forged, before) = (sign(tenant, secret), work());
            assert_eq!(gate.turns_away(tenant, &forged).await, why, "{tenant}");
            costs.push((work().0 - before.0, work().1 - before.1));
        }
    }
    assert!(costs[0].1 == 1 && costs.iter().all(|cost| *cost == costs[0]), "{costs:?}");
    for (tenant, status, why) in [("down", 503, "key_lookup_failed"), ("blank", 500, "no_usable_key")] {
        for secret in [SECRET, OTHER] {
            assert_eq!(gate.deliver(&sign(tenant, secret)).await, (status, "refused", why), "{tenant}");
        }
    }
    assert_eq!((gate.effects.runs(), gate.bench.store.all_calls()), (0, 0));
    gate.handles("and one that is known", request(&sign("a", SECRET))).await;
}

/// KEY-06: a lookup of public keys that finds none verifies nothing.
#[tokio::test]
async fn no_key_verifies_nothing() {
    struct None;
    impl KeySource for None {
        async fn keys(&self, _: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
            Ok(Vec::new())
        }
    }
    let gate = Gate::with(Plaid::SCHEME, |builder| builder.fetched_keys(FetchedKeys::new(None)));
    let signer = Signer::new::<Plaid>(include_str!("../../keys/ec.pem")).at(NOW).target("/hooks");
    let signed = signer.sign("{}").expect("a delivery");
    assert_eq!(gate.turns_away("no key", &signed).await, "unknown_key");
}

/// KEY-12: a delivery for one tenant, sent to another, also where it names the other.
#[tokio::test]
async fn what_is_signed_for_one_tenant_is_no_others() {
    let gate = Gate::with(Stripe::SCHEME, |builder| builder.tenants(tenants()));
    let signer = Signer::new::<Stripe>(SECRET).at(NOW).target("/hooks").header("x-tenant", "a");
    let of_a = signer.sign(BODY).expect("a delivery");
    assert_eq!(gate.turns_away("b", &with(&of_a, "x-tenant", "b")).await, "signature_mismatch");
    assert_eq!(gate.turns_away("nobody", &without(&of_a, "x-tenant")).await, "unknown_tenant");
    let mut both = with(&of_a, "x-tenant", "b");
    both.headers_mut().push(("x-tenant".to_owned(), "a".to_owned()));
    gate.turns_away("both", &both).await;
    gate.handles("a", request(&of_a)).await;
    // The same by two receivers, each with its own secret.
    for family in families().iter().filter(|family| family.name() != "standard-webhooks") {
        let other = Gate::with(family.scheme, |builder| builder.secret(OTHER));
        assert_eq!(other.turns_away(family.name(), &family.sign(BODY)).await, "signature_mismatch");
    }
}

/// KEY-13: a delivery of one provider, sent to another's route that has the same secret.
#[tokio::test]
async fn what_one_provider_signs_is_no_others() {
    for from in families() {
        for to in families() {
            if from.name() == to.name() {
                continue;
            }
            let gate = Gate::with(to.scheme, |builder| builder.secret(to.secret));
            let signed = from.sign(BODY);
            gate.turns_away(&format!("{} at {}", from.name(), to.name()), &signed).await;
            // Even with the header renamed, where the two sign different messages.
            let renamed = with(&signed, to.header, value(&signed, from.header));
            gate.turns_away(&format!("{} as {}", from.name(), to.name()), &renamed).await;
        }
    }
}

/// KEY-14: what was signed with a secret that has gone.
#[tokio::test]
async fn a_retired_secret_signs_nothing() {
    for family in families() {
        let new = if family.secret == WHSEC { "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD" } else { OTHER };
        let both = Gate::with(family.scheme, |builder| builder.secret(new).secret(family.secret));
        both.handles("during the rotation", request(&family.sign(BODY))).await;
        let after = Gate::with(family.scheme, |builder| builder.secret(new));
        assert_eq!(after.turns_away(family.name(), &family.sign(BODY)).await, "signature_mismatch");
    }
}

/// KEY-15: nothing that can be printed shows a secret. What is logged is in `tests/logs.rs`.
#[tokio::test]
async fn no_secret_is_printed() {
    let secret = "whsec_5f3a9c0e7b1d2468ace013579bdf2468";
    let verifier = Verifier::builder::<Stripe>().secret(secret).config("api_key", secret);
    let receiver = Receiver::<Stripe>::builder().secret(secret);
    let signer = Signer::new::<Stripe>(secret).at(NOW).target("/hooks");
    let signed = signer.sign(r#"{"id":"evt_1","card":"4111111111111111"}"#).expect("a delivery");
    let mut shown = vec![
        format!("{:?}", Secret::from(secret)),
        format!("{verifier:?}"),
        format!("{receiver:?}"),
        format!("{signer:?}"),
        format!("{:?}", tenants()),
    ];
    let verifier = Verifier::builder::<Stripe>().secret(secret).build().expect("a verifier");
    let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
    let event = delivery.event::<u8>().expect_err("no number");
    let forged = verifier.verify(signed.head(), "{}", NOW).expect_err("forged");
    shown.extend([format!("{verifier:?}"), format!("{delivery:?}"), format!("{event:?} {event}")]);
    shown.extend([format!("{forged:?} {forged}")]);
    let built = receiver.build().expect("a receiver");
    shown.push(format!("{built:?}"));
    assert_eq!(
        ask(&counting(&built, &Effects::default(), Duration::ZERO), &signed).await.0,
        401,
        "by its clock"
    );
    // Errors name the secret by its place.
    let pem = "-----BEGIN PRIVATE KEY-----\n5f3a9c0e7b1d2468ace013579bdf2468\n-----END PRIVATE KEY-----";
    let blank = format!("{secret}\n");
    let url = format!("https://{secret}");
    let odd = format!("{secret}!");
    for (scheme, bad) in [
        (Stripe::SCHEME, &*blank),
        (Stripe::SCHEME, pem),
        (Stripe::SCHEME, &url),
        (Stripe::SCHEME, "2468ace01357"),
        (StandardWebhooks::SCHEME, &odd),
    ] {
        let error = build(scheme, &[bad]).expect_err("no secret");
        shown.push(format!("{error:?} {error}"));
    }
    let signature = value(&signed, "stripe-signature").rsplit('=').next().expect("a digest");
    for text in shown {
        for held in ["5f3a9c0e", "2468ace0", "4111111111111111", signature, &signature[..16]] {
            assert!(!text.contains(held), "{text}");
        }
    }
}
