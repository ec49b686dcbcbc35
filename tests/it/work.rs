//! How much a request may cost before it has earned it, counted in bytes hashed.

use hookgate::{
    Head, UnixTime, Verifier,
    providers::{GitHub, StandardWebhooks},
    testing::{Signer, work},
};

use crate::support::{NOW, SECRET};

fn cost<T>(run: impl FnOnce() -> T) -> ((u64, u64), T) {
    let before = work();
    let done = run();
    let after = work();
    ((after.0 - before.0, after.1 - before.1), done)
}

#[test]
fn a_thousand_junk_signatures_cost_no_more_than_one_honest_verification() {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let verifier = Verifier::builder::<StandardWebhooks>().secret(secret).build().expect("a verifier");
    let body = vec![b'x'; 1024 * 1024];
    let signed = Signer::new::<StandardWebhooks>(secret).at(NOW).sign(body.clone()).expect("a delivery");
    let (honest, verified) = cost(|| verifier.verify(signed.head(), body.clone(), NOW));
    assert!(verified.is_ok());
    assert_eq!(honest.1, 1, "one MAC");
    for junk in [2, 16, 17, 1000] {
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
