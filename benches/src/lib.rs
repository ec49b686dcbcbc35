//! What the benchmarks share: deliveries, and the floors that hookgate is measured against.

pub mod by_hand;
pub mod gate;
pub mod prototype;
pub mod redis;
pub mod store;
pub mod verify;

use std::time::{Duration, Instant};

/// Runs two things by turns and returns the median time of each, so that a noisy machine disturbs
/// both alike.
pub fn by_turns(
    rounds: usize,
    mut first: impl FnMut() -> Duration,
    mut second: impl FnMut() -> Duration,
) -> (Duration, Duration) {
    let (mut firsts, mut seconds) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        firsts.push(first());
        seconds.push(second());
    }
    (median(firsts), median(seconds))
}

/// The time that so many calls take.
pub fn timed<T>(calls: usize, mut call: impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    for _ in 0..calls {
        std::hint::black_box(call());
    }
    started.elapsed()
}

pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

pub fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
