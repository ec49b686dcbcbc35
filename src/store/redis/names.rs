//! What an event is called.

use smallvec::SmallVec;

use crate::store::{Claim, EventKey, Outcome};

/// The keys of an event, the id first, and what is written with them.
pub(super) struct Names {
    pub(super) keys: SmallVec<[Vec<u8>; 2]>,
    /// Of the id: the checksum of the body.
    pub(super) tag: u32,
    /// Of the content: its id, and [`HAS_ID`].
    pub(super) owner: u32,
}

/// In the tag of a content that came with an id: where it comes without one, it is known as another's.
const HAS_ID: u32 = 1 << 31;

impl Names {
    pub(super) fn of(prefix: &str, key: &EventKey) -> Self {
        let (kind, name) = key.name();
        let id = named(prefix, key, kind, name);
        let content = key.content().map(|content| named(prefix, key, 'c', content));
        Self {
            keys: [id].into_iter().chain(content).collect(),
            // Half of each is enough to tell one from another.
            tag: key.checksum() as u32 & !HAS_ID,
            owner: twox_hash::XxHash3_64::oneshot(name) as u32 | HAS_ID,
        }
    }

    /// The answer where the event is done, by its record.
    pub(super) fn done(&self, status: u16, tag: u32) -> Claim {
        let outcome = Outcome::new(status);
        match tag & HAS_ID {
            0 => Claim::Done { outcome, mismatch: tag != self.tag },
            _ => Claim::Replayed { outcome },
        }
    }

    /// These arguments, and a record for each key.
    pub(super) fn arguments<'a>(
        &self,
        first: [&'a [u8]; 2],
        records: [&'a [u8]; 2],
    ) -> SmallVec<[&'a [u8]; 4]> {
        first.into_iter().chain(records.into_iter().take(self.keys.len())).collect()
    }
}

/// The key of one name of an event. Put together by hand, since this is done for every delivery.
fn named(prefix: &str, key: &EventKey, kind: char, name: &[u8]) -> Vec<u8> {
    let mut named = Vec::with_capacity(prefix.len() + key.scope().as_str().len() + name.len() + 40);
    for part in [prefix, ":{", key.scope().as_str(), "}:"] {
        named.extend_from_slice(part.as_bytes());
    }
    named.extend_from_slice(&[kind as u8, b':']);
    match kind {
        'i' => named.extend_from_slice(name),
        _ => named.extend_from_slice(const_hex::encode(name).as_bytes()),
    }
    named
}
