//! The bytes of a body.

use bytes::{Bytes, BytesMut};

/// A body as it arrived: not copied while it is one chunk.
pub(super) enum Collected {
    One(Bytes),
    Many(BytesMut),
}

impl Collected {
    pub(super) fn push(&mut self, chunk: Bytes) {
        match self {
            _ if chunk.is_empty() => {}
            Self::One(first) if first.is_empty() => *first = chunk,
            Self::One(first) => {
                // Copied from here on: a chunk may keep a far larger read buffer alive.
                let mut joined = BytesMut::with_capacity(2 * (first.len() + chunk.len()));
                joined.extend_from_slice(first);
                joined.extend_from_slice(&chunk);
                *self = Self::Many(joined);
            }
            Self::Many(joined) => joined.extend_from_slice(&chunk),
        }
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes,
        }
    }

    pub(super) fn into_bytes(self) -> Bytes {
        match self {
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_among_empty_ones_is_not_copied() {
        let (chunk, empty) = (Bytes::from(vec![7; 100]), Bytes::new());
        let mut body = Collected::One(empty.clone());
        [&empty, &chunk, &empty, &empty].into_iter().for_each(|chunk| body.push(chunk.clone()));
        assert_eq!(body.as_slice().as_ptr(), chunk.as_ptr());
        assert_eq!(body.into_bytes(), chunk);
    }

    #[test]
    fn chunks_are_kept_in_order() {
        let mut body = Collected::One(Bytes::new());
        [&b"ab"[..], b"", b"c", b"def"].into_iter().for_each(|chunk| body.push(Bytes::from_static(chunk)));
        assert_eq!(body.as_slice(), b"abcdef");
        assert_eq!(body.into_bytes(), "abcdef");
    }
}
