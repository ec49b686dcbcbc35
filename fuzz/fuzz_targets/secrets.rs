//! Secrets of any text: no panic, no text in anything that is printed, and what a builder accepts signs and
//! verifies.

#![no_main]

use std::fmt::Debug;

use arbitrary::Arbitrary;
use hookgate::{Receiver, Secret, testing::Signer};
use hookgate_fuzz::{NOW, SECRET, Wire, bench, configured, is_telling, signer};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    scheme: u16,
    short: bool,
    /// Whether another secret comes before it.
    second: bool,
    form: Form,
    text: &'a str,
}

#[derive(Arbitrary, Debug)]
enum Form {
    AsItIs,
    Hex,
    Base64,
    Prefixed,
    Trimmed,
    Pem,
    Jwk,
}

impl Form {
    fn write(&self, text: &str) -> String {
        use base64::{Engine, engine::general_purpose::STANDARD};
        match self {
            Self::AsItIs => text.to_owned(),
            Self::Hex => const_hex::encode(text),
            Self::Base64 => STANDARD.encode(text),
            Self::Prefixed => format!("whsec_{}", STANDARD.encode(text)),
            Self::Trimmed => text.trim().to_owned(),
            Self::Pem => {
                let inner = STANDARD.encode(text);
                format!("-----BEGIN PUBLIC KEY-----\n{inner}\n-----END PUBLIC KEY-----\n")
            }
            Self::Jwk => {
                let half = text.len() / 2;
                let half = (0..=half).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                let (x, y) = text.split_at(half);
                let [x, y] = [x, y].map(|text| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text));
                format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","n":"{x}","e":"AQAB"}}"#)
            }
        }
    }
}

/// Prints alike whatever the secret is.
fn prints_nothing<T: Debug>(of: impl Fn(Secret) -> T, secret: &Secret) {
    let other = format!("{:?}", of(Secret::dangerous_short(SECRET)));
    assert_eq!(format!("{:?}", of(secret.clone())), other);
}

fuzz_target!(|case: Case<'_>| run(&case));

fn run(case: &Case<'_>) {
    let bench = bench(case.scheme);
    let (scheme, name) = (bench.scheme, bench.scheme.name());
    let text = case.form.write(case.text);
    let secret = match case.short {
        true => Secret::dangerous_short(text.as_str()),
        false => Secret::new(text.as_str()),
    };
    let builder = |secret: Secret| {
        let builder = configured(scheme);
        if case.second { builder.secret(SECRET).secret(secret) } else { builder.secret(secret) }
    };
    prints_nothing(|secret| secret, &secret);
    prints_nothing(builder, &secret);
    prints_nothing(|secret| Signer::for_scheme(scheme, secret), &secret);
    prints_nothing(|secret| Receiver::builder_for(scheme).secret(secret), &secret);
    let verifier = match builder(secret).build() {
        Ok(verifier) => verifier,
        Err(error) => {
            let printed = format!("{error} {error:?}");
            assert!(!is_telling(&text) || !printed.contains(&text), "{name}: {printed}");
            return;
        }
    };
    assert_eq!(format!("{verifier:?}"), format!("Verifier {{ scheme: {name:?}, .. }}"));
    // Their private half is nobody's here.
    if scheme.needs_public_key() {
        return;
    }
    let Some(kind) = bench.kinds.first() else { return };
    // Signatures are looked at up to 8 KiB.
    if text.len() > 4000 {
        return;
    }
    let signed = signer(scheme, &text).sign(kind.sample());
    let signed = signed.unwrap_or_else(|error| panic!("{name}: it verifies and does not sign: {error}"));
    let wire = Wire::from(&signed);
    let delivery = wire.verify(&verifier, NOW);
    let delivery = delivery.unwrap_or_else(|error| panic!("{name}: {error} with {text:?}: {wire:?}"));
    let key = usize::from(case.second && text != SECRET);
    assert!(delivery.key_index() <= key, "{name}");
    assert!(!is_telling(&text) || !format!("{delivery:?}").contains(&text), "{name}");
}
