//! From secrets to prepared keys, refusing what is no secret.

use base64ct::{Base64, Encoding as _};
use zeroize::Zeroizing;

use super::code;
use crate::{
    crypto::{self, MacKey, PublicKey, Tag},
    error::ConfigError,
    scheme::{Decode, Hash, JwtAlgorithm, JwtKey, KeyForm, Part, Proof, PublicAlgorithm, Scheme},
    secret::Secret,
};

/// The secrets of one sender, prepared: HMAC key state or token digests, in the order given.
pub(crate) struct KeyRing {
    pub(crate) keys: Keys,
    /// Kept only where the secret's text is part of the message.
    pub(crate) texts: Vec<Secret>,
}

pub(crate) enum Keys {
    Mac(Vec<MacKey>),
    Token(Vec<Tag>),
    /// The secrets are part of the message.
    Text(Hash),
    /// For each algorithm that a signature may be of, the keys.
    Public(Vec<(PublicAlgorithm, Vec<PublicKey>)>),
    /// For each algorithm that a token may name, the keys.
    Jwt(Vec<(JwtAlgorithm, JwtKeys)>),
    /// Certificates at the end of chains.
    #[cfg(feature = "ecdsa")]
    Roots(Vec<rustls_pki_types::CertificateDer<'static>>),
}

pub(crate) enum JwtKeys {
    Mac(Vec<MacKey>),
    Public(Vec<PublicKey>),
}

impl KeyRing {
    /// The most secrets of one sender: rotation needs two.
    pub(crate) const MOST: usize = 4;

    pub(crate) fn new(scheme: &Scheme, secrets: &[Secret]) -> Result<Self, ConfigError> {
        if secrets.is_empty() {
            return Err(ConfigError::NoSecret);
        }
        if secrets.len() > Self::MOST {
            return Err(ConfigError::TooManySecrets);
        }
        let keys = match scheme.proof {
            Proof::Hmac(hash) => Keys::Mac(mac_keys(scheme, hash, secrets)?),
            Proof::Token | Proof::Basic => Keys::Token(
                key_texts(scheme, secrets)?.iter().filter_map(|key| Tag::new(&crypto::sha256(key))).collect(),
            ),
            Proof::Digest(hash) => {
                key_texts(scheme, secrets)?;
                if crypto::digest(hash, &[]).is_none() {
                    return Err(ConfigError::MissingFeature { feature: feature_of(hash) });
                }
                Keys::Text(hash)
            }
            Proof::Public(algorithm) => {
                Keys::Public(vec![(algorithm, public_keys(scheme, algorithm, secrets)?)])
            }
            Proof::Jwt(rule) => Keys::Jwt(
                rule.algorithms
                    .iter()
                    .map(|algorithm| {
                        let keys = match algorithm.kind() {
                            JwtKey::Secret(hash) => JwtKeys::Mac(mac_keys(scheme, hash, secrets)?),
                            JwtKey::Public(public) => JwtKeys::Public(public_keys(scheme, public, secrets)?),
                        };
                        Ok((*algorithm, keys))
                    })
                    .collect::<Result<_, ConfigError>>()?,
            ),
            Proof::Code(code) => code::keys(code, scheme, secrets)?,
        };
        let keeps = scheme.all_parts().contains(&&Part::Secret);
        let texts = if keeps { secrets.to_vec() } else { Vec::new() };
        Ok(Self { keys, texts })
    }
}

fn feature_of(hash: Hash) -> &'static str {
    match hash {
        Hash::Md5 => "md5",
        Hash::Keccak256 => "keccak",
        _ => "sha1",
    }
}

fn key_texts(scheme: &Scheme, secrets: &[Secret]) -> Result<Vec<Zeroizing<Vec<u8>>>, ConfigError> {
    secrets.iter().enumerate().map(|(index, secret)| key_bytes(scheme, index, secret)).collect()
}

pub(super) fn mac_keys(scheme: &Scheme, hash: Hash, secrets: &[Secret]) -> Result<Vec<MacKey>, ConfigError> {
    key_texts(scheme, secrets)?.iter().map(|key| MacKey::new(hash, key)).collect()
}

pub(super) fn public_keys(
    scheme: &Scheme,
    algorithm: PublicAlgorithm,
    keys: &[Secret],
) -> Result<Vec<PublicKey>, ConfigError> {
    let key = |(index, key): (usize, &Secret)| {
        let text = key.expose().trim();
        if text.is_empty() {
            return Err(ConfigError::EmptySecret { index });
        }
        let stripped = scheme.key.strip.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
        PublicKey::new(algorithm, stripped, scheme.key.decode, key.short_allowed())
            .map_err(|bad| bad.at(index))
    };
    keys.iter().enumerate().map(key).collect()
}

#[cfg(feature = "receiver")]
impl KeyRing {
    /// No key at all: nothing verifies.
    pub(crate) const fn none() -> Self {
        Self { keys: Keys::Public(Vec::new()), texts: Vec::new() }
    }
}

#[cfg(feature = "tenants")]
impl KeyRing {
    /// Keys that nobody has: for doing the work of a verification that must fail.
    pub(crate) fn dummy(scheme: &Scheme) -> Result<Self, ConfigError> {
        if scheme.needs_public_key() {
            return Ok(Self::none());
        }
        use std::hash::{BuildHasher, RandomState};
        let random = || RandomState::new().hash_one("dummy").to_be_bytes();
        let bytes = [random(), random(), random(), random()].concat();
        // So many digits of hex are base64 too.
        Self::new(scheme, &[Secret::new(const_hex::encode(&bytes))])
    }
}

fn key_bytes(scheme: &Scheme, index: usize, secret: &Secret) -> Result<Zeroizing<Vec<u8>>, ConfigError> {
    let text = secret.expose();
    if text.is_empty() {
        return Err(ConfigError::EmptySecret { index });
    }
    if text.trim() != text {
        return Err(ConfigError::BlankSecret { index });
    }
    if scheme.key.api_keys.iter().any(|prefix| text.starts_with(prefix)) {
        return Err(ConfigError::NotASecret { index, looks_like: "another key of the provider's" });
    }
    if let Some(looks_like) = no_secret(text, secret.short_allowed()) {
        return Err(ConfigError::NotASecret { index, looks_like });
    }
    let stripped = scheme.key.strip.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(text);
    let mut key = decode(scheme.key, stripped)
        .ok_or(ConfigError::UndecodableSecret { index, form: form_name(scheme.key) })?;
    if key.is_empty() {
        return Err(ConfigError::EmptySecret { index });
    }
    if key.len() < scheme.least_secret && !secret.short_allowed() {
        return Err(ConfigError::ShortSecret { index, least: scheme.least_secret });
    }
    if scheme.key.decode == Decode::Sha1 && crypto::sha1(&[]).is_none() {
        return Err(ConfigError::MissingFeature { feature: "sha1" });
    }
    key.extend_from_slice(scheme.key.suffix.as_bytes());
    Ok(key)
}

fn form_name(form: KeyForm) -> &'static str {
    match form.decode {
        Decode::Utf8 | Decode::Sha1 => "text",
        Decode::Ascii => "ASCII text",
        Decode::Base64 => "base64",
        Decode::Hex => "hex",
    }
}

fn decode(form: KeyForm, text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = match form.decode {
        Decode::Utf8 => text.as_bytes().to_vec(),
        Decode::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec())?,
        Decode::Base64 => return lenient_base64(text),
        Decode::Hex if text.starts_with("0x") => return None,
        Decode::Hex => const_hex::decode(text).ok()?,
        Decode::Sha1 => {
            crypto::sha1(text.as_bytes()).map_or_else(|| text.as_bytes().to_vec(), |sum| sum.to_vec())
        }
    };
    Some(Zeroizing::new(bytes))
}

/// Base64 in either alphabet whose padding may be missing and whose last character may carry stray bits: providers
/// hand out such secrets (the Standard Webhooks libraries test for it). Signatures are read strictly.
fn lenient_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 {
        return None;
    }
    let fill = match digits.len() % 4 {
        0 => 0,
        2 => 2,
        3 => 1,
        _ => return None,
    };
    let filled = Zeroizing::new(format!("{digits}{:A<fill$}", "").replace('-', "+").replace('_', "/"));
    let mut bytes = Zeroizing::new(Base64::decode_vec(&filled).ok()?);
    let len = bytes.len().checked_sub(fill)?;
    bytes.truncate(len);
    Some(bytes)
}

/// What a text that is no secret looks like.
fn no_secret(text: &str, short_allowed: bool) -> Option<&'static str> {
    if text.starts_with("-----BEGIN") || text.starts_with("ssh-") {
        return Some("a key file");
    }
    if text.starts_with("file:") || text.starts_with("http://") || text.starts_with("https://") {
        return Some("a URL");
    }
    if text.starts_with('{') && text.contains("\"kty\"") {
        return Some("a JSON web key");
    }
    if text.starts_with("${") || text.starts_with("{{") || (text.starts_with('<') && text.ends_with('>')) {
        return Some("a template variable");
    }
    if text.chars().any(char::is_control) {
        return Some("several lines");
    }
    (!short_allowed && is_placeholder(text)).then_some("a placeholder")
}

fn is_placeholder(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "changeme",
        "changeit",
        "replaceme",
        "secret",
        "mysecret",
        "password",
        "placeholder",
        "example",
        "todo",
        "test",
        "webhooksecret",
        "undefined",
        "null",
        "none",
        "xxx",
        "yoursecret",
        "yoursecrethere",
        "yourwebhooksecret",
    ];
    let bare: String =
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let bare = bare.strip_prefix("whsec").filter(|rest| !rest.is_empty()).unwrap_or(&bare);
    let mut letters = bare.chars();
    let same = letters.next().is_some_and(|first| letters.all(|letter| letter == first));
    WORDS.contains(&bare) || (same && !bare.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::{Paystack, Provider, StandardWebhooks, Stripe};

    fn ring(scheme: &Scheme, secrets: &[&str]) -> Result<(), ConfigError> {
        let secrets: Vec<_> = secrets.iter().map(|text| Secret::from(*text)).collect();
        KeyRing::new(scheme, &secrets).map(drop)
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        use ConfigError::*;
        let good = "whsec_test_0123456789abcdef0123456789abcdef";
        let (text, base64) = (Stripe::SCHEME, StandardWebhooks::SCHEME);
        assert_eq!(ring(&text, &[good]), Ok(()));
        assert_eq!(ring(&text, &[]), Err(NoSecret));
        assert_eq!(ring(&text, &[good; 5]), Err(TooManySecrets));
        assert_eq!(ring(&text, &[good, ""]), Err(EmptySecret { index: 1 }));
        for blank in ["\n", "   ", "whsec_abcdefghijklmnop\n", " whsec_abcdefghijklmnop"] {
            assert_eq!(ring(&text, &[blank]), Err(BlankSecret { index: 0 }), "{blank:?}");
        }
        for not in [
            "changeme",
            "CHANGE_ME",
            "${WEBHOOK_SECRET}",
            "<your secret here>",
            "{{ secret }}",
            "xxxxxxxxxxxxxxxxxxxx",
            "whsec_xxxxxxxxxxxxxxxxxxxx",
            "your-webhook-secret",
            "file:///run/secrets/hook",
            "{\"kty\":\"oct\"}",
            "-----BEGIN PUBLIC KEY-----",
            "https://example.com/secret",
            "two\nlines-of-a-long-secret",
        ] {
            assert!(matches!(ring(&text, &[not]), Err(NotASecret { .. })), "{not:?}");
        }
        for prefix in ["sk_live_", "rk_test_", "pk_live_", "absec_"] {
            let key = format!("{prefix}0123456789abcdef01234567");
            assert_eq!(
                ring(&text, &[&key]),
                Err(NotASecret { index: 0, looks_like: "another key of the provider's" })
            );
            assert_eq!(ring(&Paystack::SCHEME, &[&key]), Ok(()), "which signs with it");
        }
        assert_eq!(ring(&text, &["8 bytes!"]), Err(ShortSecret { index: 0, least: 16 }));
        assert_eq!(ring(&base64, &["whsec_"]), Err(EmptySecret { index: 0 }));
        assert!(matches!(ring(&base64, &["whsec_###"]), Err(UndecodableSecret { .. })));
        assert!(matches!(
            ring(&base64, &["whsec_MfKQ9r8GKYqrTwjUPD8IL PZIo2LaLaSw"]),
            Err(UndecodableSecret { .. })
        ));
        assert!(matches!(ring(&base64, &["whsec_MfKQ9r8GKYo="]), Err(ShortSecret { .. })));
    }

    #[test]
    fn what_looks_like_something_else_is_named() {
        for (text, looks_like) in [
            ("-----BEGIN PUBLIC KEY-----", Some("a key file")),
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5", Some("a key file")),
            ("file:///run/secrets/hook", Some("a URL")),
            ("http://example.com/secret", Some("a URL")),
            ("https://example.com/secret", Some("a URL")),
            (r#"{"kty":"oct","k":"c2VjcmV0"}"#, Some("a JSON web key")),
            ("${WEBHOOK_SECRET}", Some("a template variable")),
            ("{{ webhook_secret }}", Some("a template variable")),
            ("<your secret here>", Some("a template variable")),
            ("two\nlines of a long secret", Some("several lines")),
            ("{0a7Jk2mPq9XwZ4vB", None),
            ("\"kty\"7Jk2mPq9XwZ4vB", None),
            ("<0a7Jk2mPq9XwZ4vB", None),
            ("0a7Jk2mPq9XwZ4vB>", None),
        ] {
            assert_eq!(no_secret(text, true), looks_like, "{text}");
        }
    }

    #[test]
    fn a_secret_that_does_not_decode_is_told_its_form() {
        const KEY: &str = "00112233445566778899aabbccddeeff";
        let of = |key: KeyForm| Scheme { key, ..Stripe::SCHEME };
        assert_eq!(ring(&of(KeyForm::HEX), &[KEY]), Ok(()));
        for (form, secret, name) in [
            (KeyForm::HEX, &*format!("0x{KEY}"), "hex"),
            (KeyForm::HEX, &KEY[1..], "hex"),
            (KeyForm::ASCII, "a secret with an é in it", "ASCII text"),
            (KeyForm::BASE64, "a secret with blanks in it", "base64"),
        ] {
            let want = ConfigError::UndecodableSecret { index: 0, form: name };
            assert_eq!(ring(&of(form), &[secret]), Err(want), "{secret}");
        }
    }

    #[test]
    fn the_text_of_a_secret_is_kept_only_where_it_is_signed() {
        let secret = Secret::from("whsec_test_0123456789abcdef0123456789abcdef");
        assert!(KeyRing::new(&Stripe::SCHEME, &[secret]).is_ok_and(|ring| ring.texts.is_empty()));
    }

    #[test]
    fn a_hash_is_in_the_feature_of_its_name() {
        let features = [Hash::Sha1, Hash::Md5, Hash::Keccak256].map(feature_of);
        assert_eq!(features, ["sha1", "md5", "keccak"]);
    }

    #[test]
    fn short_secrets_need_their_name_said() {
        let short = |text: &str| KeyRing::new(&Stripe::SCHEME, &[Secret::dangerous_short(text)]).map(drop);
        assert_eq!(short("secret"), Ok(()));
        assert_eq!(short(""), Err(ConfigError::EmptySecret { index: 0 }));
        assert_eq!(short(" "), Err(ConfigError::BlankSecret { index: 0 }));
        assert!(short("-----BEGIN PUBLIC KEY-----").is_err());
    }

    #[test]
    fn padding_of_a_base64_secret_may_be_missing() {
        let whole = lenient_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=").expect("base64");
        let bare = lenient_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS").expect("base64");
        assert_eq!(whole.len(), 23);
        assert_eq!(*whole, *bare);
        assert!(lenient_base64("A").is_none());
        assert!(lenient_base64("AAAA===").is_none());
    }
}
