//! Schemes in words for people: what tables and the command line show.

use super::{Code, Hash, MessageAlgorithm, Place, Proof, PublicAlgorithm, Scheme, Source};

impl Scheme {
    /// The algorithm, for people: for example `HMAC-SHA-256`, `Ed25519`, `JWT ES256`, `token`.
    pub fn algorithm(&self) -> String {
        match self.proof {
            Proof::Hmac(hash) => format!("HMAC-{}", hash.shown()),
            Proof::Digest(hash) => format!("{} with the secret inside", hash.shown()),
            Proof::Public(algorithm) => algorithm.shown().to_owned(),
            Proof::Jwt(rule) => {
                let names: Vec<&str> = rule.algorithms.iter().map(|algorithm| algorithm.as_str()).collect();
                format!("JWT {}", names.join(", "))
            }
            Proof::Code(code) => code.shown().to_owned(),
            Proof::Token => "token".to_owned(),
            Proof::Basic => "Basic".to_owned(),
        }
    }

    /// Where the signature is, for people: for example `header x-hub-signature-256`.
    pub fn signature_place(&self) -> String {
        self.signature.map_or_else(String::new, |form| form.place.shown())
    }

    /// Where the event id is, for people; `None` where there is none.
    pub fn id_place(&self) -> Option<String> {
        match (self.id, self.batch) {
            (Some(place), _) => Some(place.shown()),
            (None, Some(batch)) => batch.id.map(|id| format!("JSON {}/*{id}", batch.items)),
            (None, None) => None,
        }
    }

    /// Where the event type is, for people; `None` where there is none.
    pub fn event_type_place(&self) -> Option<String> {
        match (self.event_type, self.batch) {
            (Some(place), _) => Some(place.shown()),
            (None, Some(batch)) => {
                let kinds = batch.event_type.iter().chain(&batch.or_event_type);
                let kinds: Vec<_> = kinds.map(|kind| format!("JSON {}/*{kind}", batch.items)).collect();
                (!kinds.is_empty()).then(|| kinds.join(", else "))
            }
            (None, None) => None,
        }
    }

    /// The challenges that the provider sends first, for people; `None` where there are none.
    pub fn handshake(&self) -> Option<String> {
        let shown = |handshake: &super::Handshake| {
            let place = handshake.challenge.map_or_else(String::new, |place| format!(" {}", place.shown()));
            format!("{}{place}", handshake.method)
        };
        let all: Vec<String> = self.handshakes.iter().map(shown).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Whether the secret is a public key of the provider.
    pub fn needs_public_key(&self) -> bool {
        match self.proof {
            Proof::Public(_) => true,
            Proof::Jwt(rule) => {
                rule.algorithms.iter().all(|algorithm| matches!(algorithm.kind(), super::JwtKey::Public(_)))
            }
            Proof::Code(code) => matches!(
                code,
                Code::AppleJws
                    | Code::AwsSns
                    | Code::Cavage
                    | Code::MessageSignatures(MessageAlgorithm::Public(_))
            ),
            Proof::Hmac(_) | Proof::Digest(_) | Proof::Token | Proof::Basic => false,
        }
    }
}

impl Hash {
    const fn shown(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Keccak256 => "Keccak-256",
        }
    }
}

impl PublicAlgorithm {
    const fn shown(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::EcdsaP256 | Self::EcdsaP256Fixed => "ECDSA P-256",
            Self::RsaSha1 => "RSA with SHA-1",
            Self::RsaSha256 => "RSA with SHA-256",
            Self::RsaSha384 => "RSA with SHA-384",
            Self::RsaSha512 => "RSA with SHA-512",
            Self::RsaPssSha512 => "RSA-PSS with SHA-512",
        }
    }
}

impl Code {
    const fn shown(self) -> &'static str {
        match self {
            Self::Adyen => "HMAC-SHA-256 of each item",
            Self::AppleJws => "JWT ES256 with certificates",
            Self::AwsSns => "RSA with SHA-256 or SHA-1",
            Self::Cavage => "Ed25519 of a canonical request",
            Self::Contentful => "HMAC-SHA-256 of a canonical request",
            Self::Hook0 => "HMAC-SHA-256 with named headers",
            Self::MessageSignatures(MessageAlgorithm::HmacSha256) => "RFC 9421, HMAC-SHA-256",
            Self::MessageSignatures(MessageAlgorithm::Public(algorithm)) => match algorithm {
                PublicAlgorithm::Ed25519 => "RFC 9421, Ed25519",
                PublicAlgorithm::EcdsaP256 | PublicAlgorithm::EcdsaP256Fixed => "RFC 9421, ECDSA P-256",
                PublicAlgorithm::RsaPssSha512 => "RFC 9421, RSA-PSS",
                _ => "RFC 9421, RSA",
            },
            Self::PlivoV3 => "HMAC-SHA-256 of URL and form",
            Self::Twilio => "HMAC-SHA-1 of URL and form",
        }
    }
}

impl Place {
    fn shown(self) -> String {
        let list = |places: &[Self], between: &str| {
            places.iter().map(|place| place.shown()).collect::<Vec<_>>().join(between)
        };
        match self.source {
            Source::Header { name, or: None } => format!("header {name}"),
            Source::Header { name, or: Some(or) } => format!("header {name} or {or}"),
            Source::NumberedHeader { prefix, .. } => format!("headers {prefix}1, 2, …"),
            Source::Query(name) => format!("query {name}"),
            Source::Form(name) => format!("form {name}"),
            Source::Json("") => "JSON".to_owned(),
            Source::Json(pointer) | Source::JsonInteger(pointer) => format!("JSON {pointer}"),
            Source::Field(name) => format!("signature's {name}"),
            Source::Xml(name) => format!("XML {name}"),
            Source::Claim(pointer) => format!("claim {pointer}"),
            Source::Body => "body".to_owned(),
            Source::All(places) => list(places, " + "),
            Source::First(places) => list(places, ", else "),
        }
    }
}
