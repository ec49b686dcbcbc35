//! How much a request may cost before it has earned it, counted in bytes hashed.

use hookgate::{
    ConfigError, Field, Head, Headers, Provider, Reason, UnixTime, Verifier,
    providers::{GitHub, PlivoV3, StandardWebhooks, Stripe, Twilio, VonageSmsSha256},
    testing::{Signer, work},
};

use crate::support::{NOW, SECRET};

fn cost<T>(run: impl FnOnce() -> T) -> ((u64, u64), T) {
    let before = work();
    let done = run();
    let after = work();
    ((after.0 - before.0, after.1 - before.1), done)
}

/// RES-09: candidates cost nothing each, and too many cost nothing at all.
#[test]
fn a_thousand_junk_signatures_cost_no_more_than_one_honest_verification() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let verifier = Verifier::builder::<StandardWebhooks>().secret(secret).build().expect("a verifier");
    let body = vec![b'x'; 1024 * 1024];
    let signed = Signer::new::<StandardWebhooks>(secret).at(NOW).sign(body.clone()).expect("a delivery");
    let (honest, verified) = cost(|| verifier.verify(signed.head(), body.clone(), NOW));
    assert!(verified.is_ok());
    assert_eq!(honest.1, 1, "one MAC");
    for junk in [2, 16, 17, 1000, 100_000] {
        let mut forged = signed.clone();
        let signatures = vec!["v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; junk].join(" ");
        for (name, value) in forged.headers_mut() {
            if name == "webhook-signature" {
                value.clone_from(&signatures);
            }
        }
        let (cost, verified) = cost(|| verifier.verify(forged.head(), body.clone(), NOW));
        assert!(verified.is_err());
        assert!(
            cost.0 <= honest.0 && cost.1 <= honest.1,
            "{junk} signatures cost {cost:?}, an honest one {honest:?}"
        );
        if junk > 16 {
            assert_eq!(cost, (0, 0), "nothing of the body is looked at");
        }
    }
}

/// Before anybody is authenticated, the fields of a form are put in their order.
#[test]
fn a_form_has_no_more_fields_than_may_be_sorted_for_a_stranger() {
    // Vonage adds two of its own.
    for (scheme, own) in [(PlivoV3::SCHEME, 0), (Twilio::SCHEME, 0), (VonageSmsSha256::SCHEME, 2)] {
        let fields: Vec<String> = (0..4096 - own).map(|field| format!("a{field}=1")).collect();
        let signer = Signer::for_scheme(scheme, SECRET).public_url("https://hooks.example.com").at(NOW);
        let signed = signer.sign(fields.join("&")).expect("a delivery");
        let verifier = Verifier::builder_for(scheme).secret(SECRET).public_url("https://hooks.example.com");
        let verifier = verifier.build().expect("a verifier");
        let judge =
            |body| verifier.verify(signed.head(), body, NOW).map(drop).map_err(|error| error.reason());
        assert_eq!(judge(signed.body().to_vec()), Ok(()), "{}", scheme.name());
        let ((hashed, _), more) = cost(|| judge([signed.body(), &b"&b="[..]].concat()));
        assert_eq!((hashed, more), (0, Err(Reason::SignatureMalformed)), "{}", scheme.name());
    }
}

#[test]
fn one_mac_per_secret_whatever_the_candidates() {
    let secrets = [
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ];
    let builder = secrets
        .iter()
        .fold(Verifier::builder::<StandardWebhooks>(), |builder, secret| builder.secret(*secret));
    let verifier = builder.build().expect("a verifier");
    for (index, secret) in secrets.into_iter().enumerate() {
        let signed = Signer::new::<StandardWebhooks>(secret).at(NOW).sign("{}").expect("a delivery");
        let (cost, delivery) = cost(|| verifier.verify(signed.head(), "{}", NOW).expect("authentic"));
        assert_eq!((cost.1, delivery.key_index()), (3, index), "all secrets are tried, whichever matches");
    }
}

#[test]
fn what_fails_in_the_head_costs_no_hashing() {
    let verifier = Verifier::builder::<GitHub>().secret(SECRET).build().expect("a verifier");
    for signature in ["", "sha256=", "sha256=zz", "sha1=00", "garbage"] {
        let headers = [("x-hub-signature-256", signature)];
        let (cost, judged) =
            cost(|| verifier.begin(Head::new("POST", "/", &headers), UnixTime::from_secs(0)).map(drop));
        assert!(judged.is_err());
        assert_eq!(cost, (0, 0), "{signature:?}");
    }
}

/// RES-15: the largest body costs its length once a secret, and secrets are few.
#[test]
fn a_body_is_hashed_once_a_secret_and_secrets_are_few() {
    let secret = |number: usize| format!("whsec_test_{number}_0123456789abcdef0123456789");
    let of = |secrets: usize| {
        let builder = Verifier::builder::<GitHub>();
        (0..secrets).fold(builder, |builder, number| builder.secret(secret(number))).build()
    };
    assert!(matches!(of(5), Err(ConfigError::TooManySecrets)));
    let body = vec![b'x'; 1024 * 1024];
    let forged = Signer::new::<GitHub>(SECRET).sign(body.clone()).expect("a delivery");
    let cost_of = |secrets: usize| {
        let verifier = of(secrets).expect("a verifier");
        let (cost, verified) = cost(|| verifier.verify(forged.head(), body.clone(), NOW).map(drop));
        assert!(verified.is_err());
        cost
    };
    let one = cost_of(1);
    assert!((1024 * 1024..1024 * 1024 + 1000).contains(&one.0), "{one:?}");
    for secrets in 2..=4 {
        let least = 1024 * 1024 * secrets as u64;
        let (hashed, macs) = cost_of(secrets);
        assert!((least..=one.0 * secrets as u64).contains(&hashed), "{hashed} bytes of {secrets} secrets");
        assert_eq!(macs, secrets as u64);
    }
}

/// RES-12: what a stranger names is never put into a table; fields are asked for by our own names, as often
/// as the scheme says, however many there are.
#[test]
fn headers_are_asked_for_as_often_whatever_others_there_are() {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    struct Counted(Vec<(String, String)>, AtomicU64);

    impl Headers for Counted {
        fn field(&self, name: &str) -> Field<'_> {
            self.1.fetch_add(1, Relaxed);
            self.0.field(name)
        }

        fn each<'a>(&'a self, name: &str, sink: &mut dyn FnMut(&'a [u8])) {
            self.1.fetch_add(1, Relaxed);
            self.0.each(name, sink);
        }
    }

    let verifier = Verifier::builder::<GitHub>().secret(SECRET).build().expect("a verifier");
    let signed =
        Signer::new::<GitHub>(SECRET).id("guid-1").event_type("push").sign("{}").expect("a delivery");
    let asked = |others: usize| {
        let others = (0..others).map(|number| (format!("x-{number}"), "1".to_owned()));
        let headers = Counted(signed.headers().iter().cloned().chain(others).collect(), AtomicU64::new(0));
        verifier.verify(Head::new("POST", "/", &headers), "{}", NOW).expect("authentic");
        headers.1.load(Relaxed)
    };
    assert_eq!(asked(0), asked(100_000));
}

/// The MAC is fed while a body arrives: when the last chunk is there, little is left to do.
#[test]
fn what_arrives_in_chunks_is_hashed_as_it_arrives() {
    arrives_in_chunks::<GitHub>("", Signer::new::<GitHub>(CODED));
    arrives_in_chunks::<Stripe>("1700000000.", Signer::new::<Stripe>(CODED));
    let signer = Signer::new::<StandardWebhooks>(CODED).id("msg_1");
    arrives_in_chunks::<StandardWebhooks>("msg_1.1700000000.", signer);
}

/// A text to some, and base64 to others.
const CODED: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn arrives_in_chunks<P: Provider>(lead: &str, signer: Signer) {
    const CHUNK: usize = 16 * 1024;
    let verifier = Verifier::builder::<P>().secret(CODED).build().expect("a verifier");
    let body = vec![b'x'; 8 * CHUNK];
    let signed = signer.at(NOW).sign(body.clone()).expect("a delivery");
    let mut verification = verifier.begin(signed.head(), NOW).expect("a good head");
    let mut hashed = Vec::new();
    for chunk in body.chunks(CHUNK) {
        // Empty frames among them change nothing.
        verification.update(Default::default());
        let (cost, ()) = cost(|| verification.update(chunk.to_vec().into()));
        hashed.push(cost.0 as usize);
    }
    // One chunk alone waits for whether there is more, so that it is not copied.
    assert_eq!((hashed[0], hashed[1]), (0, lead.len() + 2 * CHUNK));
    assert!(hashed[2..].iter().all(|bytes| *bytes == CHUNK), "{hashed:?}");
    let (cost, verified) = cost(|| verification.finish(NOW));
    assert!(verified.is_ok());
    assert!(cost.0 < 1000, "{cost:?} at the end");
}
