use super::Provider;
use crate::scheme::{Code, KeyForm, MessageAlgorithm, PublicAlgorithm, Scheme, header};

/// [HTTP Message Signatures (RFC 9421), HMAC-SHA-256](https://www.rfc-editor.org/rfc/rfc9421).
///
/// The signature covers the body and the timestamp, and method, host and path; the query only where
/// that is required.
///
/// The secret is what was agreed on with the sender: for HMAC the key in base64, otherwise the sender's
/// public key. The algorithm is that of the configured key; an `alg` parameter that says otherwise is
/// refused. A signature covers only the components it lists, so a least set of them must be agreed on:
/// configured as `required`, with blanks between them and `created` for the time of signing. What is not
/// in it is not covered.
/// Behind a proxy the public origin must be configured, as the authority is part of what is signed.
/// There is no event id: the digest of what is signed stands in. A retry that is signed anew has another
/// `created`, and is another event then.
#[derive(Clone, Copy, Debug)]
pub struct MessageSignaturesHmacSha256;

impl Provider for MessageSignaturesHmacSha256 {
    const SCHEME: Scheme = signed("http-message-signatures-hmac-sha256", MessageAlgorithm::HmacSha256);
}

/// [HTTP Message Signatures (RFC 9421), Ed25519](https://www.rfc-editor.org/rfc/rfc9421).
///
/// The signature covers the body and the timestamp, and method, host and path; the query only where
/// that is required.
///
/// The secret is what was agreed on with the sender: for HMAC the key in base64, otherwise the sender's
/// public key. The algorithm is that of the configured key; an `alg` parameter that says otherwise is
/// refused. A signature covers only the components it lists, so a least set of them must be agreed on:
/// configured as `required`, with blanks between them and `created` for the time of signing. What is not
/// in it is not covered.
/// Behind a proxy the public origin must be configured, as the authority is part of what is signed.
/// There is no event id: the digest of what is signed stands in. A retry that is signed anew has another
/// `created`, and is another event then.
#[derive(Clone, Copy, Debug)]
pub struct MessageSignaturesEd25519;

impl Provider for MessageSignaturesEd25519 {
    const SCHEME: Scheme =
        signed("http-message-signatures-ed25519", MessageAlgorithm::Public(PublicAlgorithm::Ed25519));
}

/// [HTTP Message Signatures (RFC 9421), ECDSA P-256](https://www.rfc-editor.org/rfc/rfc9421).
///
/// The signature covers the body and the timestamp, and method, host and path; the query only where
/// that is required.
///
/// The secret is what was agreed on with the sender: for HMAC the key in base64, otherwise the sender's
/// public key. The algorithm is that of the configured key; an `alg` parameter that says otherwise is
/// refused. A signature covers only the components it lists, so a least set of them must be agreed on:
/// configured as `required`, with blanks between them and `created` for the time of signing. What is not
/// in it is not covered.
/// Behind a proxy the public origin must be configured, as the authority is part of what is signed.
/// There is no event id: the digest of what is signed stands in. A retry that is signed anew has another
/// `created`, and is another event then.
#[derive(Clone, Copy, Debug)]
pub struct MessageSignaturesEcdsaP256;

impl Provider for MessageSignaturesEcdsaP256 {
    const SCHEME: Scheme = signed(
        "http-message-signatures-ecdsa-p256-sha256",
        MessageAlgorithm::Public(PublicAlgorithm::EcdsaP256Fixed),
    );
}

/// [HTTP Message Signatures (RFC 9421), RSA PKCS#1 v1.5](https://www.rfc-editor.org/rfc/rfc9421).
///
/// The signature covers the body and the timestamp, and method, host and path; the query only where
/// that is required.
///
/// The secret is what was agreed on with the sender: for HMAC the key in base64, otherwise the sender's
/// public key. The algorithm is that of the configured key; an `alg` parameter that says otherwise is
/// refused. A signature covers only the components it lists, so a least set of them must be agreed on:
/// configured as `required`, with blanks between them and `created` for the time of signing. What is not
/// in it is not covered.
/// Behind a proxy the public origin must be configured, as the authority is part of what is signed.
/// There is no event id: the digest of what is signed stands in. A retry that is signed anew has another
/// `created`, and is another event then.
#[derive(Clone, Copy, Debug)]
pub struct MessageSignaturesRsa;

impl Provider for MessageSignaturesRsa {
    const SCHEME: Scheme = signed(
        "http-message-signatures-rsa-v1_5-sha256",
        MessageAlgorithm::Public(PublicAlgorithm::RsaSha256),
    );
}

/// [HTTP Message Signatures (RFC 9421), RSA-PSS](https://www.rfc-editor.org/rfc/rfc9421).
///
/// The signature covers the body and the timestamp, and method, host and path; the query only where
/// that is required.
///
/// The secret is what was agreed on with the sender: for HMAC the key in base64, otherwise the sender's
/// public key. The algorithm is that of the configured key; an `alg` parameter that says otherwise is
/// refused. A signature covers only the components it lists, so a least set of them must be agreed on:
/// configured as `required`, with blanks between them and `created` for the time of signing. What is not
/// in it is not covered.
/// Behind a proxy the public origin must be configured, as the authority is part of what is signed.
/// There is no event id: the digest of what is signed stands in. A retry that is signed anew has another
/// `created`, and is another event then.
#[derive(Clone, Copy, Debug)]
pub struct MessageSignaturesRsaPss;

impl Provider for MessageSignaturesRsaPss {
    const SCHEME: Scheme = signed(
        "http-message-signatures-rsa-pss-sha512",
        MessageAlgorithm::Public(PublicAlgorithm::RsaPssSha512),
    );
}

/// What all algorithms share.
const fn signed(name: &'static str, algorithm: MessageAlgorithm) -> Scheme {
    Scheme::code(name, Code::MessageSignatures(algorithm))
        .signature(header("signature").raw())
        .key(KeyForm::BASE64)
        .methods(&["POST", "GET", "PUT", "PATCH", "DELETE"])
}
