//! When an event is tried again.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use crate::clock::UnixTime;

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
    let seconds = http_date(retry_after)?.saturating_sub(now.as_secs());
    Some(Duration::from_secs(seconds.try_into().unwrap_or(0)))
}

/// `IMF-fixdate`, such as `Sun, 06 Nov 1994 08:49:37 GMT`, in seconds since 1970.
fn http_date(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split_once(", ")?.1.split(' ').collect();
    let [day, month, year, time, "GMT"] = words[..] else { return None };
    let number = |text: &str, most: i64| text.parse().ok().filter(|number| (0..=most).contains(number));
    let month = MONTHS.iter().zip(1_i64..).find(|(name, _)| **name == month)?.1;
    let (day, year) = (number(day, 31)?, number(year, 9999)?);
    let clock: Vec<&str> = time.split(':').collect();
    let [hour, minute, second] = clock[..] else { return None };
    let seconds = (number(hour, 23)? * 60 + number(minute, 59)?) * 60 + number(second, 60)?;
    // Years that begin in March have their leap day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days = year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1;
    // From the first of March of the year 0 to 1970.
    Some((days - 719_468) * 86_400 + seconds)
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
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        assert_eq!(http_date("Thu, 29 Feb 2024 00:00:01 GMT"), Some(1_709_164_801));
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
