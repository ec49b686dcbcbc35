//! Private keys, for signing as providers do.

use base64ct::{Base64, Encoding as _};

use crate::{error::ConfigError, scheme::PublicAlgorithm, secret::Secret};

/// A signature of this message. The key is PKCS#8 in PEM, or for Ed25519 the seed in hex.
pub(super) fn sign(algorithm: PublicAlgorithm, key: &Secret, message: &[u8]) -> Result<Vec<u8>, ConfigError> {
    let bad = ConfigError::UndecodableSecret { index: 0, form: "a private key" };
    if let Some(feature) = algorithm.missing_feature() {
        return Err(ConfigError::MissingFeature { feature });
    }
    let der = der(key.expose()).ok_or(bad.clone())?;
    match algorithm {
        #[cfg(feature = "ed25519")]
        PublicAlgorithm::Ed25519 => {
            use ed25519_dalek::Signer as _;
            // RFC 8410: the seed ends the structure.
            let seed = der.last_chunk::<32>().ok_or(bad)?;
            Ok(ed25519_dalek::SigningKey::from_bytes(seed).sign(message).to_vec())
        }
        #[cfg(feature = "ecdsa")]
        PublicAlgorithm::EcdsaP256 | PublicAlgorithm::EcdsaP256Fixed => {
            use aws_lc_rs::{rand::SystemRandom, signature};
            let form = match algorithm {
                PublicAlgorithm::EcdsaP256 => &signature::ECDSA_P256_SHA256_ASN1_SIGNING,
                _ => &signature::ECDSA_P256_SHA256_FIXED_SIGNING,
            };
            let key = signature::EcdsaKeyPair::from_pkcs8(form, &der).map_err(|_| bad.clone())?;
            let signed = key.sign(&SystemRandom::new(), message).map_err(|_| bad)?;
            Ok(signed.as_ref().to_vec())
        }
        #[cfg(feature = "rsa")]
        other => {
            use aws_lc_rs::{rand::SystemRandom, signature};
            let padding: &'static dyn signature::RsaEncoding = match other {
                // The library verifies such signatures and does not make them.
                PublicAlgorithm::RsaSha1 => {
                    return Err(ConfigError::Scheme { scheme: "RSA", problem: "SHA-1 is not signed with" });
                }
                PublicAlgorithm::RsaSha256 => &signature::RSA_PKCS1_SHA256,
                PublicAlgorithm::RsaSha384 => &signature::RSA_PKCS1_SHA384,
                PublicAlgorithm::RsaSha512 => &signature::RSA_PKCS1_SHA512,
                _ => &signature::RSA_PSS_SHA512,
            };
            let key = signature::RsaKeyPair::from_pkcs8(&der).map_err(|_| bad.clone())?;
            let mut signed = vec![0; key.public_modulus_len()];
            key.sign(padding, &SystemRandom::new(), message, &mut signed).map_err(|_| bad)?;
            Ok(signed)
        }
        #[allow(unreachable_patterns)]
        _ => {
            let _ = (der, message);
            Err(bad)
        }
    }
}

/// The structure in a PEM (RFC 7468), the first one where there are several, or the bytes in hex.
fn der(text: &str) -> Option<Vec<u8>> {
    let Some((_, rest)) = text.split_once("-----BEGIN PRIVATE KEY-----") else {
        return const_hex::decode(text).ok();
    };
    let (inner, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let digits: String = inner.split_ascii_whitespace().collect();
    Base64::decode_vec(&digits).ok()
}
