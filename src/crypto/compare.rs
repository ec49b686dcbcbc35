//! The only place where secrets are compared.

use subtle::{Choice, ConstantTimeEq};

/// A MAC, or the digest of a token: up to 64 bytes.
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    len: u8,
    bytes: [u8; Self::MOST],
}

impl Tag {
    /// The longest tag: SHA-512's.
    pub(crate) const MOST: usize = 64;

    /// A tag of these bytes, or `None` where there are none or too many.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let mut tag = Self { len: u8::try_from(bytes.len()).ok()?, bytes: [0; Self::MOST] };
        tag.bytes.get_mut(..bytes.len())?.copy_from_slice(bytes);
        (!bytes.is_empty()).then_some(tag)
    }

    /// The first 32 bytes, which name what was signed as well as all of them.
    pub(crate) fn first_32(&self) -> [u8; 32] {
        let mut first = [0; 32];
        first.iter_mut().zip(self.bytes).for_each(|(to, from)| *to = from);
        first
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Whether `computed` is one of the candidates. Takes the same time whichever it is and however many
/// bytes agree; the number and lengths of the candidates are no secrets.
pub(crate) fn matches_any(computed: &Tag, candidates: &[Tag]) -> bool {
    candidates
        .iter()
        .fold(Choice::from(0), |any, candidate| any | computed.as_bytes().ct_eq(candidate.as_bytes()))
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_tag_matches() {
        let tag = Tag::new(&[7; 32]).expect("a tag");
        let others =
            [Tag::new(&[7; 31]), Tag::new(&[7; 33]), Tag::new(&[8; 32])].map(|tag| tag.expect("a tag"));
        assert!(!matches_any(&tag, &others));
        assert!(!matches_any(&tag, &[]));
        assert!(matches_any(&tag, &[others[0], tag]));
    }

    #[test]
    fn no_tag_is_empty_or_too_long() {
        assert!(Tag::new(&[]).is_none());
        assert!(Tag::new(&[0; 65]).is_none());
    }
}
