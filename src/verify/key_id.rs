//! Which of a provider's keys a request says it is signed with.

use std::{fmt, sync::Arc};

use super::{Verification, jwt::Compact, pins::is_pinned};
use crate::{
    error::Reason,
    scheme::{KeyName, Proof},
};

/// The longest name of a key.
const LONGEST: usize = 512;

/// The name of a public key, as a request gives it. It is for looking the key up, and proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyId {
    /// The provider has one key at a time, or does not say which it used.
    Only,
    /// A name: the `kid` of a token, or whatever else the scheme calls it.
    Named(Arc<str>),
    /// A URL on a host that the scheme pins.
    Url(Arc<str>),
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Only => f.write_str("the only key"),
            Self::Named(text) | Self::Url(text) => f.write_str(text),
        }
    }
}

impl Verification<'_> {
    /// The key that this request, complete, says it is signed with.
    pub(crate) fn key_id(&mut self) -> Result<KeyId, Reason> {
        let (name, value) = match (self.rules().scheme.key_name, self.rules().scheme.proof) {
            (Some(name), _) => (name, self.value_of(name)?),
            (None, Proof::Jwt(_)) => {
                let token = self.token()?;
                let header = Compact::read(&token)?.header;
                let name = header.get("kid").and_then(serde_json::Value::as_str).map(str::to_owned);
                return Ok(name
                    .filter(|name| name.len() <= LONGEST)
                    .map_or(KeyId::Only, |name| KeyId::Named(name.into())));
            }
            (None, _) => return Ok(KeyId::Only),
        };
        let value = value.filter(|value| value.len() <= LONGEST).ok_or(Reason::SignedPartMissing)?;
        match name.urls {
            [] => Ok(KeyId::Named(value.into())),
            urls if urls.iter().any(|pattern| is_pinned(pattern, &value)) => Ok(KeyId::Url(value.into())),
            _ => Err(Reason::Uncovered),
        }
    }

    fn value_of(&self, name: KeyName) -> Result<Option<String>, Reason> {
        let body = (!name.place.is_in_head()).then(|| self.body_so_far());
        let value = self.values(body).place(name.place)?;
        value
            .map(|value| String::from_utf8(value.into_owned()).map_err(|_| Reason::SignatureMalformed))
            .transpose()
    }
}
