//! Which values a scheme needs that no request carries.

use super::{Code, Part, Proof, Scheme};

impl Code {
    /// The values that have to be configured.
    pub(crate) fn config(self) -> &'static [&'static str] {
        match self {
            Self::AppleJws => &["bundle_id"],
            Self::AwsSns => &["topic"],
            _ => &[],
        }
    }

    /// The values that may be configured beside these.
    pub(crate) fn may_be_configured(self) -> &'static [&'static str] {
        match self {
            Self::AwsSns => &["signature_version", "signing_cert_url"],
            Self::MessageSignatures(_) => &["label", "required", "status"],
            _ => &[],
        }
    }
}

impl Scheme {
    /// Whether it has a use for the [configured](crate::VerifierBuilder::config) value of this name.
    pub fn takes_config(&self, name: &str) -> bool {
        let by_proof = match self.proof {
            Proof::Jwt(rule) => rule.compared().any(|(_, known)| *known == name),
            Proof::Code(code) => {
                code.config().iter().chain(code.may_be_configured()).any(|known| *known == name)
            }
            _ => false,
        };
        let signed = |part: &&Part| matches!(part, Part::Config(known) if *known == name);
        by_proof
            || self.belongs_to.is_some_and(|(_, known)| known == name)
            || self.all_parts().iter().any(signed)
            || self.handshakes.iter().flat_map(super::Handshake::config).any(|known| known == name)
    }
}
