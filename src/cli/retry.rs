//! When an event is tried again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use crate::{clock::UnixTime, scheme::TimestampUnit, verify::parse_time};

/// Exponential backoff with full jitter, or what the receiver asks for, a minute at most.
pub(super) fn pause(attempt: u32, asked: Option<Duration>) -> Duration {
    const MOST: Duration = Duration::from_secs(60);
    if let Some(asked) = asked {
        return asked.min(MOST);
    }
    let most = Duration::from_millis(250).saturating_mul(2_u32.saturating_pow(attempt.min(16))).min(MOST);
    let random = RandomState::new().hash_one(attempt) as f64 / u64::MAX as f64;
    most.mul_f64(random)
}

/// What `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
pub(super) fn asked(retry_after: &str, now: UnixTime) -> Option<Duration> {
    if let Ok(seconds) = retry_after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = parse_time(TimestampUnit::HttpDate, retry_after.as_bytes()).ok()?;
    Some(Duration::from_secs(at.as_secs().saturating_sub(now.as_secs()).try_into().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_random_and_end() {
        for attempt in 1..40 {
            let most = Duration::from_millis(250 << attempt.min(8)).min(Duration::from_secs(60));
            assert!(pause(attempt, None) <= most, "{attempt}");
        }
        let pauses: std::collections::BTreeSet<_> = (0..20).map(|_| pause(5, None)).collect();
        assert!(pauses.len() > 10);
        assert_eq!(pause(1, Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(pause(1, Some(Duration::MAX)), Duration::from_secs(60));
    }

    #[test]
    fn receivers_ask_in_seconds_or_by_a_date() {
        let now = UnixTime::from_secs(784_111_770);
        let secs = |text: &str| asked(text, now).map(|wait| wait.as_secs());
        assert_eq!(secs("120"), Some(120));
        assert_eq!(secs("Sun, 06 Nov 1994 08:49:37 GMT"), Some(7));
        assert_eq!(secs("Sun, 06 Nov 1994 08:49:00 GMT"), Some(0), "it is over");
        for bad in [
            "",
            "soon",
            "-1",
            "06 Nov 1994",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 Abc 1994 08:49:37 GMT",
        ] {
            assert_eq!(secs(bad), None, "{bad}");
        }
    }
}
