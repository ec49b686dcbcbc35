//! The vectors of Project Wycheproof (<https://github.com/C2SP/wycheproof>) that apply, each as a delivery.

use hookgate::{
    Head, Secret, UnixTime, Verifier,
    scheme::{KeyForm, Part::Body, Scheme, header},
};
use wycheproof::{TestResult, ecdsa, eddsa, mac, rsa_pkcs1_verify as rsa};

/// Whether the verifier takes this signature of this body, under a key that it takes.
fn accepts(scheme: Scheme, key: &str, body: &[u8], signature: &[u8]) -> bool {
    let scheme = scheme.signature(header("x-signature").hex()).signs(&[Body]).key(KeyForm::HEX);
    let Ok(verifier) = Verifier::builder_for(scheme).secret(Secret::dangerous_short(key)).build() else {
        return false;
    };
    let headers = [("x-signature", const_hex::encode(signature))];
    let head = Head::new("POST", "/", &headers);
    verifier.verify(head, body.to_vec(), UnixTime::from_secs(0)).is_ok()
}

/// Counts the vectors and compares the results, those left out that a library may judge either way.
#[derive(Default)]
struct Tally {
    valid: usize,
    invalid: usize,
}

impl Tally {
    fn count(&mut self, id: usize, expected: TestResult, accepted: bool) {
        match expected {
            TestResult::Valid => {
                self.valid += 1;
                assert!(accepted, "{id} is valid");
            }
            TestResult::Invalid => {
                self.invalid += 1;
                assert!(!accepted, "{id} is invalid");
            }
            TestResult::Acceptable => {}
        }
    }
}

#[test]
fn hmac() {
    let mut tally = Tally::default();
    for (set, scheme) in [
        (mac::TestName::HmacSha1, Scheme::hmac_sha1("wycheproof")),
        (mac::TestName::HmacSha256, Scheme::hmac_sha256("wycheproof")),
        (mac::TestName::HmacSha384, Scheme::hmac_sha384("wycheproof")),
        (mac::TestName::HmacSha512, Scheme::hmac_sha512("wycheproof")),
    ] {
        for group in mac::TestSet::load(set).expect("a set").test_groups {
            for test in group.tests {
                // Deliveries carry whole MACs, and no key is empty.
                let expected = match group.tag_size {
                    160 | 256 | 384 | 512 if !test.key.is_empty() => test.result,
                    _ => TestResult::Invalid,
                };
                let whole = [(160, 20), (256, 32), (384, 48), (512, 64)];
                let size = match set {
                    mac::TestName::HmacSha1 => 160,
                    mac::TestName::HmacSha256 => 256,
                    mac::TestName::HmacSha384 => 384,
                    _ => 512,
                };
                let expected =
                    if whole.contains(&(size, test.tag.len())) { expected } else { TestResult::Invalid };
                let accepted = accepts(scheme, &const_hex::encode(&*test.key), &test.msg, &test.tag);
                tally.count(test.tc_id, expected, accepted);
            }
        }
    }
    assert!(tally.valid > 100 && tally.invalid > 300, "{} {}", tally.valid, tally.invalid);
}

/// ALG-12: among them signatures with the group's order added.
#[test]
fn ed25519() {
    let mut tally = Tally::default();
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("a set").test_groups {
        for test in group.tests {
            let accepted = accepts(Scheme::ed25519("wycheproof"), &group.pem, &test.msg, &test.sig);
            tally.count(test.tc_id, test.result, accepted);
        }
    }
    assert!(tally.valid > 50 && tally.invalid > 40, "{} {}", tally.valid, tally.invalid);
}

#[test]
fn ecdsa_p256() {
    let mut tally = Tally::default();
    for (set, scheme) in [
        (ecdsa::TestName::EcdsaSecp256r1Sha256, Scheme::ecdsa_p256("wycheproof")),
        (ecdsa::TestName::EcdsaSecp256r1Sha256P1363, Scheme::ecdsa_p256_fixed("wycheproof")),
    ] {
        for group in ecdsa::TestSet::load(set).expect("a set").test_groups {
            for test in group.tests {
                let accepted = accepts(scheme, &group.pem, &test.msg, &test.sig);
                tally.count(test.tc_id, test.result, accepted);
            }
        }
    }
    assert!(tally.valid > 200 && tally.invalid > 300, "{} {}", tally.valid, tally.invalid);
}

/// ALG-15: among them every way of getting the padding wrong.
#[test]
fn rsa_pkcs1() {
    let mut tally = Tally::default();
    for (set, scheme) in [
        (rsa::TestName::Rsa2048Sha256, Scheme::rsa_sha256("wycheproof")),
        (rsa::TestName::Rsa3072Sha512, Scheme::rsa_sha512("wycheproof")),
        (rsa::TestName::Rsa4096Sha256, Scheme::rsa_sha256("wycheproof")),
        (rsa::TestName::Rsa8192Sha512, Scheme::rsa_sha512("wycheproof")),
    ] {
        for group in rsa::TestSet::load(set).expect("a set").test_groups {
            for test in group.tests {
                let accepted = accepts(scheme, &group.pem, &test.msg, &test.sig);
                tally.count(test.tc_id, test.result, accepted);
            }
        }
    }
    assert!(tally.valid > 20 && tally.invalid > 400, "{} {}", tally.valid, tally.invalid);
}
