//! JSON web tokens (RFC 7519) as proofs.

use super::{HashEncoding, PublicAlgorithm};

/// What a token must be. Its algorithm is one of those pinned here, whatever the token says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Jwt {
    pub(crate) algorithms: &'static [JwtAlgorithm],
    pub(crate) issuer: Option<&'static str>,
    pub(crate) configured: &'static [(&'static str, &'static str)],
    pub(crate) may_be_configured: &'static [(&'static str, &'static str)],
    pub(crate) leeway_secs: u32,
    pub(crate) max_age_secs: Option<u32>,
    pub(crate) expires: bool,
    pub(crate) affirmed: &'static [&'static str],
    pub(crate) holds: &'static [&'static str],
    pub(crate) body_hash: Option<BodyClaim>,
    pub(crate) url_hash: Option<&'static str>,
    pub(crate) query_hash: bool,
    pub(crate) detached: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyClaim {
    pub(crate) claim: &'static str,
    pub(crate) encoding: HashEncoding,
    pub(crate) only_with_body: bool,
}

/// An algorithm of RFC 7518 or RFC 8037.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtAlgorithm {
    /// HMAC-SHA-256.
    Hs256,
    /// HMAC-SHA-384.
    Hs384,
    /// HMAC-SHA-512.
    Hs512,
    /// RSA PKCS#1 v1.5 with SHA-256. Needs the feature `rsa`.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384. Needs the feature `rsa`.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512. Needs the feature `rsa`.
    Rs512,
    /// ECDSA P-256 with SHA-256. Needs the feature `ecdsa`.
    Es256,
    /// Ed25519. Needs the feature `ed25519`.
    EdDsa,
}

impl Jwt {
    /// A token signed with one of these algorithms, all of them symmetric or all of them not. Claims
    /// `exp` and `nbf` are judged where they are there.
    pub const fn new(algorithms: &'static [JwtAlgorithm]) -> Self {
        Self {
            algorithms,
            issuer: None,
            configured: &[],
            may_be_configured: &[],
            leeway_secs: 0,
            max_age_secs: None,
            expires: false,
            affirmed: &[],
            holds: &[],
            body_hash: None,
            url_hash: None,
            query_hash: false,
            detached: false,
        }
    }

    /// The claim `iss` must be this.
    pub const fn issuer(mut self, issuer: &'static str) -> Self {
        self.issuer = Some(issuer);
        self
    }

    /// Claims that must have the configured value of the name beside them, such as `("aud", "audience")`.
    pub const fn configured(mut self, claims: &'static [(&'static str, &'static str)]) -> Self {
        self.configured = claims;
        self
    }

    /// The same for values that need not be configured: where one is not, its claim is not looked at.
    pub const fn may_be_configured(mut self, claims: &'static [(&'static str, &'static str)]) -> Self {
        self.may_be_configured = claims;
        self
    }

    /// Both kinds of claims that are compared with what is configured.
    pub(crate) fn compared(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        self.configured.iter().chain(self.may_be_configured)
    }

    /// By how much clocks may differ where `exp`, `nbf` and `iat` are judged. Default 0 seconds.
    pub const fn leeway_secs(mut self, secs: u32) -> Self {
        self.leeway_secs = secs;
        self
    }

    /// The claim `iat` must be there, and no older than this.
    pub const fn max_age_secs(mut self, secs: u32) -> Self {
        self.max_age_secs = Some(secs);
        self
    }

    /// The claim `exp` must be there.
    pub const fn expires(mut self) -> Self {
        self.expires = true;
        self
    }

    /// Claims that must be `true`, such as `email_verified`.
    pub const fn affirmed(mut self, claims: &'static [&'static str]) -> Self {
        self.affirmed = claims;
        self
    }

    /// Claims that must be there, as texts that are not empty: where the same key signs other tokens, such as
    /// those of users, what these have not.
    pub const fn holds(mut self, claims: &'static [&'static str]) -> Self {
        self.holds = claims;
        self
    }

    /// This claim holds the SHA-256 of the body in this form, and so binds the body.
    pub const fn body_hash(mut self, claim: &'static str, encoding: HashEncoding) -> Self {
        self.body_hash = Some(BodyClaim { claim, encoding, only_with_body: false });
        self
    }

    /// The claim of the body's hash is there exactly where there is a body.
    pub const fn only_with_body(mut self) -> Self {
        if let Some(body) = self.body_hash {
            self.body_hash = Some(BodyClaim { only_with_body: true, ..body });
        }
        self
    }

    /// This claim holds the SHA-256 of the public URL in hex.
    pub const fn url_hash(mut self, claim: &'static str) -> Self {
        self.url_hash = Some(claim);
        self
    }

    /// The claim `qsh` holds the SHA-256 of method, path and query in Atlassian's canonical form.
    pub const fn query_hash(mut self) -> Self {
        self.query_hash = true;
        self
    }

    /// The token's payload is the body and not in the token (RFC 7515 appendix F).
    pub const fn detached(mut self) -> Self {
        self.detached = true;
        self
    }
}

impl JwtAlgorithm {
    /// As the header of a token spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    pub(crate) const fn kind(self) -> JwtKey {
        match self {
            Self::Hs256 => JwtKey::Secret(super::Hash::Sha256),
            Self::Hs384 => JwtKey::Secret(super::Hash::Sha384),
            Self::Hs512 => JwtKey::Secret(super::Hash::Sha512),
            Self::Rs256 => JwtKey::Public(PublicAlgorithm::RsaSha256),
            Self::Rs384 => JwtKey::Public(PublicAlgorithm::RsaSha384),
            Self::Rs512 => JwtKey::Public(PublicAlgorithm::RsaSha512),
            Self::Es256 => JwtKey::Public(PublicAlgorithm::EcdsaP256Fixed),
            Self::EdDsa => JwtKey::Public(PublicAlgorithm::Ed25519),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JwtKey {
    Secret(super::Hash),
    Public(PublicAlgorithm),
}
