//! Public keys: read as providers show them, and the signatures that they verify.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

use crate::{
    crypto::BadKey,
    scheme::{Decode, PublicAlgorithm},
};

/// A public key made ready for one algorithm.
pub(crate) enum PublicKey {
    #[cfg(feature = "ed25519")]
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    #[cfg(any(feature = "ecdsa", feature = "rsa"))]
    Parsed(Box<aws_lc_rs::signature::ParsedPublicKey>),
}

impl PublicKey {
    /// Reads a key: PEM (SPKI, PKCS#1 or a certificate), a JSON web key, or the raw or DER bytes in hex or
    /// base64.
    pub(crate) fn new(
        algorithm: PublicAlgorithm,
        text: &str,
        decode: Decode,
        weak_allowed: bool,
    ) -> Result<Self, BadKey> {
        if let Some(feature) = algorithm.missing_feature() {
            return Err(BadKey::Feature(feature));
        }
        let bytes = key_bytes(text, decode).ok_or(BadKey::Undecodable)?;
        match algorithm {
            #[cfg(feature = "ed25519")]
            PublicAlgorithm::Ed25519 => ed25519(&bytes),
            #[cfg(any(feature = "ecdsa", feature = "rsa"))]
            other => parsed(other, &bytes, weak_allowed),
            #[cfg(not(any(feature = "ecdsa", feature = "rsa")))]
            other => {
                let _ = weak_allowed;
                Err(BadKey::Feature(other.missing_feature().unwrap_or("rsa")))
            }
        }
    }

    /// Whether `signature` is one of `message` by this key.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        super::meter::hashed(message.len());
        match self {
            #[cfg(feature = "ed25519")]
            Self::Ed25519(key) => ed25519_dalek::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_strict(message, &signature).is_ok()),
            #[cfg(any(feature = "ecdsa", feature = "rsa"))]
            Self::Parsed(key) => key.verify_sig(message, signature).is_ok(),
        }
    }
}

#[cfg(feature = "ed25519")]
fn ed25519(bytes: &[u8]) -> Result<PublicKey, BadKey> {
    // RFC 8410: what stands before the 32 bytes of the key in a SubjectPublicKeyInfo.
    const SPKI: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let raw = bytes.strip_prefix(SPKI).unwrap_or(bytes);
    let raw: &[u8; 32] = raw.try_into().map_err(|_| BadKey::Undecodable)?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(raw).map_err(|_| BadKey::Undecodable)?;
    if key.is_weak() {
        return Err(BadKey::Weak);
    }
    Ok(PublicKey::Ed25519(Box::new(key)))
}

#[cfg(any(feature = "ecdsa", feature = "rsa"))]
fn parsed(algorithm: PublicAlgorithm, bytes: &[u8], weak_allowed: bool) -> Result<PublicKey, BadKey> {
    use aws_lc_rs::{
        encoding::AsDer,
        rsa::PublicEncryptingKey,
        signature::{self, ParsedPublicKey, VerificationAlgorithm},
    };
    let which: &'static dyn VerificationAlgorithm = match (algorithm, weak_allowed) {
        (PublicAlgorithm::EcdsaP256, _) => &signature::ECDSA_P256_SHA256_ASN1,
        (PublicAlgorithm::EcdsaP256Fixed, _) => &signature::ECDSA_P256_SHA256_FIXED,
        (PublicAlgorithm::RsaSha1, false) => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (PublicAlgorithm::RsaSha1, true) => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (PublicAlgorithm::RsaSha256, false) => &signature::RSA_PKCS1_2048_8192_SHA256,
        (PublicAlgorithm::RsaSha256, true) => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (PublicAlgorithm::RsaSha384, _) => &signature::RSA_PKCS1_2048_8192_SHA384,
        (PublicAlgorithm::RsaSha512, false) => &signature::RSA_PKCS1_2048_8192_SHA512,
        (PublicAlgorithm::RsaSha512, true) => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        (PublicAlgorithm::RsaPssSha512, _) => &signature::RSA_PSS_2048_8192_SHA512,
        (PublicAlgorithm::Ed25519, _) => return Err(BadKey::Undecodable),
    };
    let key = ParsedPublicKey::new(which, bytes).map_err(|_| BadKey::Undecodable)?;
    if algorithm.is_rsa() {
        // Verification would fail for ever; say it now.
        let der = key.as_der().map_err(|_| BadKey::Undecodable)?;
        let bits = PublicEncryptingKey::from_der(der.as_ref()).map(|key| key.key_size_bits());
        let strong = bits.is_ok_and(|bits| (2048..=8192).contains(&bits));
        // A modulus of 1024 bits makes 160 bytes of DER at least.
        if !strong && (!weak_allowed || der.as_ref().len() < 160) {
            return Err(BadKey::Weak);
        }
    }
    Ok(PublicKey::Parsed(Box::new(key)))
}

/// The bytes of a key in any of its written forms.
fn key_bytes(text: &str, decode: Decode) -> Option<Vec<u8>> {
    let text = text.trim();
    if let Some(der) = pem(text, "CERTIFICATE") {
        return subject_key(&der);
    }
    if text.starts_with("-----BEGIN ") {
        return pem(text, "PUBLIC KEY").or_else(|| pem(text, "RSA PUBLIC KEY"));
    }
    if text.starts_with('{') {
        return web_key(text);
    }
    match decode {
        Decode::Hex => const_hex::decode(text).ok(),
        _ => Base64::decode_vec(text)
            .or_else(|_| Base64UrlUnpadded::decode_vec(text))
            .ok()
            // Keys of 32 bytes are never 64 base64 digits, so hex where base64 was expected is told apart.
            .filter(|bytes| bytes.len() != 48 || const_hex::decode(text).is_err())
            .or_else(|| const_hex::decode(text).ok()),
    }
}

/// What is between the lines of a PEM (RFC 7468) with this label.
pub(crate) fn pem(text: &str, label: &str) -> Option<Vec<u8>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let (_, rest) = text.split_once(&begin)?;
    let (inner, _) = rest.split_once(&end)?;
    let digits: String = inner.split_ascii_whitespace().collect();
    Base64::decode_vec(&digits).ok()
}

/// All blocks of a PEM with this label.
#[cfg(all(feature = "testing", feature = "ecdsa"))]
pub(crate) fn pem_blocks(text: &str, label: &str) -> Vec<Vec<u8>> {
    let begin = format!("-----BEGIN {label}-----");
    text.match_indices(&begin).filter_map(|(at, _)| pem(text.get(at..)?, label)).collect()
}

/// The public key of a certificate, which nobody checks here: it is configured, or was fetched from a
/// pinned host.
pub(crate) fn subject_key(der: &[u8]) -> Option<Vec<u8>> {
    #[cfg(any(feature = "ecdsa", feature = "rsa"))]
    {
        let der = rustls_pki_types::CertificateDer::from(der);
        let certificate = webpki::EndEntityCert::try_from(&der).ok()?;
        Some(certificate.subject_public_key_info().as_ref().to_vec())
    }
    #[cfg(not(any(feature = "ecdsa", feature = "rsa")))]
    {
        let _ = der;
        None
    }
}

/// The key in a JSON web key (RFC 7517, RFC 7518, RFC 8037).
fn web_key(json: &str) -> Option<Vec<u8>> {
    let key: serde_json::Value = serde_json::from_str(json).ok()?;
    // One provider marks keys so that it has withdrawn.
    if key.get("expired_at").is_some_and(|at| !at.is_null()) {
        return None;
    }
    let member = |name: &str| key.get(name).and_then(serde_json::Value::as_str);
    let text = |name: &str| Base64UrlUnpadded::decode_vec(member(name)?).ok();
    match (member("kty")?, member("crv").unwrap_or_default()) {
        ("OKP", "Ed25519") => text("x"),
        ("EC", "P-256") => Some([vec![4], text("x")?, text("y")?].concat()),
        ("RSA", _) => {
            // RFC 8017 A.1.1.
            Some(der_integers(&[&text("n")?, &text("e")?]))
        }
        _ => None,
    }
}

/// A DER sequence of these integers, none of them negative.
pub(crate) fn der_integers(integers: &[&[u8]]) -> Vec<u8> {
    let inner: Vec<u8> = integers.iter().flat_map(|integer| der(2, &positive(integer.to_vec()))).collect();
    der(0x30, &inner)
}

/// The content of a DER integer that is not negative.
fn positive(mut bytes: Vec<u8>) -> Vec<u8> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    if bytes.first().is_none_or(|byte| byte & 0x80 != 0) {
        bytes.insert(0, 0);
    }
    bytes
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let head = match content.len() {
        short @ 0..128 => vec![tag, short as u8],
        _ => [vec![tag, 0x80 | length.len() as u8], length].concat(),
    };
    [head, content.to_vec()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_any_of_their_forms() {
        let key: [u8; 32] = std::array::from_fn(|place| 0xf0 ^ place as u8);
        let hex = const_hex::encode(key);
        for text in [
            hex.clone(),
            hex.to_ascii_uppercase(),
            Base64::encode_string(&key),
            Base64UrlUnpadded::encode_string(&key),
            format!(" {}\n", Base64::encode_string(&key)),
            format!(
                "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
                Base64::encode_string(&key)
            ),
            format!(
                "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----",
                Base64::encode_string(&key)
            ),
            format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, Base64UrlUnpadded::encode_string(&key)),
        ] {
            assert_eq!(key_bytes(&text, Decode::Base64).as_deref(), Some(&key[..]), "{text}");
        }
        assert_eq!(key_bytes(&hex, Decode::Hex).as_deref(), Some(&key[..]));
        assert_eq!(key_bytes(&Base64::encode_string(&key), Decode::Hex), None);
        // As long in bytes as 64 digits of hex are when read as base64.
        let long = [0xfb; 48];
        assert_eq!(key_bytes(&Base64::encode_string(&long), Decode::Base64).as_deref(), Some(&long[..]));
        for none in ["", "é", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "{}", "{"] {
            assert_eq!(key_bytes(none, Decode::Base64).filter(|key| !key.is_empty()), None, "{none}");
        }
    }

    #[test]
    fn web_keys_are_read_by_kind_and_curve() {
        let key = |json: &str| web_key(json);
        assert_eq!(key(r#"{"kty":"EC","crv":"P-256","x":"AQ","y":"Ag"}"#), Some(vec![4, 1, 2]));
        let rsa = vec![0x30, 7, 2, 2, 0, 0x80, 2, 1, 3];
        assert_eq!(key(r#"{"kty":"RSA","n":"gA","e":"Aw"}"#), Some(rsa));
        assert_eq!(key(r#"{"kty":"OKP","crv":"Ed25519","x":"AQ","expired_at":null}"#), Some(vec![1]));
        for none in [
            r#"{"kty":"OKP","crv":"Ed25519","x":"AQ","expired_at":1}"#,
            r#"{"kty":"OKP","crv":"X25519","x":"AQ"}"#,
            r#"{"kty":"EC","crv":"P-384","x":"AQ","y":"Ag"}"#,
            r#"{"kty":"EC","crv":"P-256","x":"AQ"}"#,
            r#"{"kty":"oct","k":"AQ"}"#,
            r#"{"crv":"Ed25519","x":"AQ"}"#,
        ] {
            assert_eq!(key(none), None, "{none}");
        }
    }

    /// X.690, sections 8.1.3 and 8.3.
    #[test]
    fn der_has_the_shortest_lengths_and_no_negative_integers() {
        let head =
            |length: usize| der(4, &vec![0; length])[..der(4, &vec![0; length]).len() - length].to_vec();
        assert_eq!(head(0), [4, 0]);
        assert_eq!(head(127), [4, 127]);
        assert_eq!(head(128), [4, 0x81, 128]);
        assert_eq!(head(255), [4, 0x81, 255]);
        assert_eq!(head(256), [4, 0x82, 1, 0]);
        assert_eq!(head(65_536), [4, 0x83, 1, 0, 0]);
        for (bytes, want) in [
            (vec![], vec![0]),
            (vec![0, 0], vec![0]),
            (vec![0, 0x7f], vec![0x7f]),
            (vec![0x80], vec![0, 0x80]),
        ] {
            assert_eq!(positive(bytes.clone()), want, "{bytes:?}");
        }
    }

    #[test]
    fn what_is_between_the_lines_of_a_pem_is_found_by_its_label() {
        let two = "-----BEGIN A-----\nAQ\n==\n-----END A-----\n-----BEGIN A-----\nAg==\n-----END A-----\n";
        assert_eq!(pem(two, "A"), Some(vec![1]));
        assert_eq!(pem(two, "B"), None);
        assert_eq!(pem("-----BEGIN A-----\nAQ==\n", "A"), None);
        #[cfg(all(feature = "testing", feature = "ecdsa"))]
        assert_eq!(pem_blocks(two, "A"), [vec![1], vec![2]]);
    }
}
