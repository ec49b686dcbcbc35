//! [`Secret`]: what a provider shares with its receiver.

use std::fmt;

use zeroize::Zeroizing;

/// A secret in the text form that the provider shows: `whsec_…`, hex, base64 or plain.
///
/// It is wiped from memory when dropped and never printed. How its text becomes key bytes is the
/// scheme's business ([`KeyForm`](crate::scheme::KeyForm)), so always pass it on as the provider
/// shows it.
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
    short_allowed: bool,
}

impl Secret {
    /// A secret of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), short_allowed: false }
    }

    /// A secret that may be shorter than 16 bytes or look like a placeholder.
    ///
    /// A short secret can be guessed from one captured delivery. Have the provider make a longer
    /// one instead; this exists for endpoints whose secret cannot be changed and for tests with
    /// published values. Empty and blank secrets are refused even so.
    pub fn dangerous_short(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), short_allowed: true }
    }

    /// The text, for keeping a secret that a provider delivered (`secret_sink`) where secrets are kept. Whoever
    /// reads it can sign.
    pub fn expose(&self) -> &str {
        &self.text
    }

    pub(crate) fn short_allowed(&self) -> bool {
        self.short_allowed
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let secret = Secret::new("whsec_topsecret");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
