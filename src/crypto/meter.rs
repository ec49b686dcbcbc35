//! Counts hashing, so that tests can say how much work a request was: with debug assertions, so that benchmarks do
//! not measure it.

use std::cell::Cell;

thread_local! {
    static HASHED: Cell<u64> = const { Cell::new(0) };
    static MACS: Cell<u64> = const { Cell::new(0) };
}

const COUNTS: bool = cfg!(all(debug_assertions, any(test, feature = "testing")));

pub(crate) fn hashed(bytes: usize) {
    if COUNTS {
        HASHED.set(HASHED.get().saturating_add(bytes as u64));
    }
}

pub(crate) fn mac_started() {
    if COUNTS {
        MACS.set(MACS.get().saturating_add(1));
    }
}

/// Bytes hashed and MACs started on this thread so far.
#[cfg_attr(not(feature = "testing"), allow(dead_code))]
pub(crate) fn read() -> (u64, u64) {
    (HASHED.get(), MACS.get())
}
