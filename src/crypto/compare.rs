//! The only place where secrets are compared.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// A MAC, or the digest of a token: up to 64 bytes. They are kept in words, since comparing takes a step for
/// each.
#[derive(Clone, Copy)]
pub(crate) struct Tag {
    len: u8,
    words: [u64; Self::MOST / 8],
}

impl Tag {
    /// The longest tag: SHA-512's.
    pub(crate) const MOST: usize = 64;

    /// A tag of these bytes, or `None` where there are none or too many.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        let mut padded = [0; Self::MOST];
        padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mut tag = Self { len: u8::try_from(bytes.len()).ok()?, words: [0; Self::MOST / 8] };
        for (word, bytes) in tag.words.iter_mut().zip(padded.as_chunks().0) {
            *word = u64::from_ne_bytes(*bytes);
        }
        (!bytes.is_empty()).then_some(tag)
    }

    #[cfg(any(test, feature = "receiver", feature = "testing"))]
    pub(crate) fn to_vec(self) -> Vec<u8> {
        self.words.iter().flat_map(|word| word.to_ne_bytes()).take(usize::from(self.len)).collect()
    }

    /// Whether it is the other, in a time that does not tell where they differ.
    pub(crate) fn is(&self, other: &Self) -> Choice {
        let words = self.words.iter().zip(&other.words).take(usize::from(self.len).div_ceil(8));
        let lengths = u64::from(self.len ^ other.len);
        words.fold(lengths, |differing, (word, other)| differing | (word ^ other)).ct_eq(&0)
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
    /// The first words of its tag.
    tag: [u64; 4],
}

impl Search {
    pub(crate) fn new() -> Self {
        Self { found: Choice::from(0), key: 0, tag: [0; 4] }
    }

    /// Tries the secret at this place by the tag that it makes. The first that matches stays.
    pub(crate) fn try_key(&mut self, key: usize, computed: &Tag, candidates: &[Tag]) {
        let first = is_any(computed, candidates) & !self.found;
        self.found |= first;
        // A ring holds few keys.
        self.key.conditional_assign(&u8::try_from(key).unwrap_or(u8::MAX), first);
        for (to, from) in self.tag.iter_mut().zip(&computed.words) {
            to.conditional_assign(from, first);
        }
    }

    /// The place of the secret that matched, and the first 32 bytes of its tag: they name what was
    /// signed as well as all of them.
    pub(crate) fn found(self) -> Option<(usize, [u8; 32])> {
        let mut name = [0; 32];
        for (bytes, word) in name.as_chunks_mut().0.iter_mut().zip(self.tag) {
            *bytes = word.to_ne_bytes();
        }
        bool::from(self.found).then_some((usize::from(self.key), name))
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
    fn each_byte_counts() {
        for len in 1..=Tag::MOST {
            let bytes = vec![7; len];
            assert!(bool::from(tag(&bytes).is(&tag(&bytes))), "{len}");
            for at in 0..len {
                let mut other = bytes.clone();
                other[at] ^= 0x80;
                assert!(!bool::from(tag(&bytes).is(&tag(&other))), "{at} of {len}");
            }
            for (at, other_at) in (0..len).flat_map(|at| (at + 1..len).map(move |other| (at, other))) {
                let mut other = bytes.clone();
                other[at] ^= 0x80;
                other[other_at] ^= 0x80;
                assert!(!bool::from(tag(&bytes).is(&tag(&other))), "{at} and {other_at} of {len}");
            }
            let mut longer = bytes.clone();
            longer.push(0);
            let longer = Tag::new(&longer);
            assert!(!longer.is_some_and(|longer| tag(&bytes).is(&longer).into()), "{len}");
        }
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
