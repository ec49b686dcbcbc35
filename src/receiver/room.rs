//! The cap on body bytes held for strangers.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};

static PROCESS: LazyLock<BodyRoom> = LazyLock::new(|| BodyRoom::new(64 * 1024 * 1024));

/// Room for body bytes of requests that are not authenticated yet.
///
/// All receivers of a process share one of 64 MiB unless they are given another. Bytes count as they
/// arrive, not as they are announced; beyond the cap the answer is 503 with `Retry-After`.
#[derive(Clone, Debug)]
pub struct BodyRoom(Arc<Cap>);

#[derive(Debug)]
struct Cap {
    most: usize,
    held: AtomicUsize,
}

impl BodyRoom {
    /// Room for this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Cap { most: bytes, held: AtomicUsize::new(0) }))
    }

    /// The room that all receivers of this process share by default.
    pub fn process() -> Self {
        PROCESS.clone()
    }

    /// The bytes held right now.
    pub fn held(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }

    pub(super) fn enter(&self) -> Permit<'_> {
        Permit { cap: &self.0, held: 0 }
    }
}

/// The bytes that one request holds. Gives them back when dropped.
pub(super) struct Permit<'a> {
    cap: &'a Cap,
    held: usize,
}

impl Permit<'_> {
    /// Takes room for so many more bytes, if there is any.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let fits = |held: usize| held.checked_add(bytes).filter(|held| *held <= self.cap.most);
        let grown = self.cap.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok();
        if grown {
            self.held += bytes;
        }
        grown
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.cap.held.fetch_sub(self.held, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back() {
        let room = BodyRoom::new(10);
        let mut first = room.enter();
        let mut second = room.enter();
        assert!(first.grow(6) && !second.grow(5) && second.grow(4) && !first.grow(1));
        drop(first);
        assert_eq!(room.held(), 4);
        assert!(second.grow(6));
        drop(second);
        assert_eq!(room.held(), 0);
    }
}
