use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::clock::{Clock, UnixTime};

/// A clock that stands still until it is told otherwise. Clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<Hands>>);

#[derive(Debug)]
struct Hands {
    now: Option<UnixTime>,
    elapsed: Duration,
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn new(now: UnixTime) -> Self {
        Self(Arc::new(Mutex::new(Hands { now: Some(now), elapsed: Duration::ZERO })))
    }

    fn hands<T>(&self, change: impl FnOnce(&mut Hands) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets time pass, wall and monotonic alike.
    pub fn advance(&self, by: Duration) {
        self.hands(|hands| {
            hands.elapsed = hands.elapsed.saturating_add(by);
            let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            hands.now = hands.now.map(|now| UnixTime::from_millis(now.as_millis().saturating_add(millis)));
        });
    }

    /// Sets wall time alone, as an operator or NTP may: forwards, backwards, or before 1970 (`None`).
    pub fn set_wall(&self, now: Option<UnixTime>) {
        self.hands(|hands| hands.now = now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Option<UnixTime> {
        self.hands(|hands| hands.now)
    }

    fn elapsed(&self) -> Duration {
        self.hands(|hands| hands.elapsed)
    }
}
