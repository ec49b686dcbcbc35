//! Times as providers write them.

use crate::{clock::UnixTime, scheme::TimestampUnit};

pub(super) fn written(unit: TimestampUnit, at: UnixTime) -> String {
    match unit {
        TimestampUnit::Seconds => at.as_secs().to_string(),
        TimestampUnit::Millis => at.as_millis().to_string(),
        TimestampUnit::Rfc3339 | TimestampUnit::Rfc3339OrUtc => rfc3339(at),
        TimestampUnit::HttpDate => http_date(at),
    }
}

/// The date of `at`, by counting years and months: tests have time.
fn date(at: UnixTime) -> (i64, usize, i64) {
    let mut days = at.as_secs().div_euclid(86_400);
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn rfc3339(at: UnixTime) -> String {
    let ((year, month, day), time) = (date(at), clock_time(at));
    format!("{year:04}-{month:02}-{day:02}T{time}.{:03}Z", at.as_millis().rem_euclid(1000))
}

fn http_date(at: UnixTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let ((year, month, day), time) = (date(at), clock_time(at));
    let name = DAYS.iter().cycle().nth(at.as_secs().div_euclid(86_400).rem_euclid(7) as usize).unwrap_or(&"");
    let month = MONTHS.get(month - 1).unwrap_or(&"");
    format!("{name}, {day:02} {month} {year:04} {time} GMT")
}

fn clock_time(at: UnixTime) -> String {
    let second = at.as_secs().rem_euclid(86_400);
    format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}
