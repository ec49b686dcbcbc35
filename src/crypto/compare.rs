//! The only place where secrets are compared.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

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

    /// Whether it is the other, in a time that does not tell where they differ.
    pub(crate) fn is(&self, other: &Self) -> Choice {
        self.as_bytes().ct_eq(other.as_bytes())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Whether `computed` is one of the candidates. Takes the same time whichever it is and however many
/// bytes agree; the number and lengths of the candidates are no secrets.
fn is_any(computed: &Tag, candidates: &[Tag]) -> Choice {
    candidates.iter().fold(Choice::from(0), |any, candidate| any | computed.is(candidate))
}

/// The search for the secret that made one of the candidates. All secrets are tried, and time does not
/// tell which of them it is.
pub(crate) struct Search {
    found: Choice,
    key: u8,
    tag: [u8; 32],
}

impl Search {
    pub(crate) fn new() -> Self {
        Self { found: Choice::from(0), key: 0, tag: [0; 32] }
    }

    /// Tries the secret at this place by the tag that it makes. The first that matches stays.
    pub(crate) fn try_key(&mut self, key: usize, computed: &Tag, candidates: &[Tag]) {
        let first = is_any(computed, candidates) & !self.found;
        self.found |= first;
        // A ring holds few keys.
        self.key.conditional_assign(&u8::try_from(key).unwrap_or(u8::MAX), first);
        for (to, from) in self.tag.iter_mut().zip(&computed.bytes) {
            to.conditional_assign(from, first);
        }
    }

    /// The place of the secret that matched, and the first 32 bytes of its tag: they name what was
    /// signed as well as all of them.
    pub(crate) fn found(self) -> Option<(usize, [u8; 32])> {
        bool::from(self.found).then_some((usize::from(self.key), self.tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(bytes: &[u8]) -> Tag {
        Tag::new(bytes).expect("a tag")
    }

    fn found(tags: &[Tag], candidates: &[Tag]) -> Option<(usize, [u8; 32])> {
        let mut search = Search::new();
        tags.iter().enumerate().for_each(|(key, tag)| search.try_key(key, tag, candidates));
        search.found()
    }

    #[test]
    fn only_the_whole_tag_matches() {
        let others = [tag(&[7; 31]), tag(&[7; 33]), tag(&[8; 32])];
        assert_eq!(found(&[tag(&[7; 32])], &others), None);
        assert_eq!(found(&[tag(&[7; 32])], &[]), None);
        assert_eq!(found(&[tag(&[7; 32])], &[others[0], tag(&[7; 32])]), Some((0, [7; 32])));
    }

    #[test]
    fn the_first_key_that_matches_is_found_wherever_it_is() {
        let tags = [1, 2, 3, 4].map(|byte| tag(&[byte; 20]));
        let name = |byte: u8| {
            let mut name = [0; 32];
            name[..20].fill(byte);
            name
        };
        for key in 0..4 {
            assert_eq!(found(&tags, &[tags[key]]), Some((key, name(key as u8 + 1))));
            assert_eq!(found(&tags, &[tags[3], tags[key]]), Some((key, name(key as u8 + 1))));
        }
        assert_eq!(found(&[tags[0], tags[0]], &[tags[0]]), Some((0, name(1))));
        assert_eq!(found(&tags, &[tag(&[5; 20])]), None);
    }

    #[test]
    fn no_tag_is_empty_or_too_long() {
        assert!(Tag::new(&[]).is_none());
        assert!(Tag::new(&[0; 65]).is_none());
    }
}
