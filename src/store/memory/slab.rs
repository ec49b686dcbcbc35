//! Entries in chunks that never move: growing copies nothing.

// Every index comes out of this slab or the lists it threads through its entries.
#![allow(clippy::indexing_slicing)]

use super::shard::Entry;

const CHUNK: usize = 128;

/// No entry.
pub(super) const NIL: u32 = u32::MAX;

/// A list of entries, oldest first, threaded through the slab.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) head: u32,
    tail: u32,
}

impl Default for List {
    fn default() -> Self {
        Self { head: NIL, tail: NIL }
    }
}

#[derive(Default)]
pub(super) struct Slab {
    chunks: Vec<Box<[Entry]>>,
    free: List,
    used: usize,
}

impl Slab {
    pub(super) fn get(&self, at: u32) -> &Entry {
        let at = at as usize;
        &self.chunks[at / CHUNK][at % CHUNK]
    }

    pub(super) fn get_mut(&mut self, at: u32) -> &mut Entry {
        let at = at as usize;
        &mut self.chunks[at / CHUNK][at % CHUNK]
    }

    /// Takes a place for this entry.
    pub(super) fn insert(&mut self, entry: Entry) -> u32 {
        let at = match self.free.head {
            NIL => {
                if self.used == self.chunks.len() * CHUNK {
                    self.chunks.push(vec![entry; CHUNK].into_boxed_slice());
                }
                self.used += 1;
                (self.used - 1) as u32
            }
            at => {
                self.free.head = self.get(at).next;
                at
            }
        };
        *self.get_mut(at) = entry;
        at
    }

    /// Gives the place back. The entry must be in no list.
    pub(super) fn remove(&mut self, at: u32) {
        self.get_mut(at).next = self.free.head;
        self.free.head = at;
    }

    pub(super) fn push(&mut self, list: &mut List, at: u32) {
        let entry = self.get_mut(at);
        (entry.previous, entry.next) = (list.tail, NIL);
        match list.tail {
            NIL => list.head = at,
            tail => self.get_mut(tail).next = at,
        }
        list.tail = at;
    }

    pub(super) fn unlink(&mut self, list: &mut List, at: u32) {
        let (previous, next) = (self.get(at).previous, self.get(at).next);
        match previous {
            NIL => list.head = next,
            previous => self.get_mut(previous).next = next,
        }
        match next {
            NIL => list.tail = previous,
            next => self.get_mut(next).previous = previous,
        }
    }
}
