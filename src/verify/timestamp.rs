//! Timestamps, read strictly and judged in both directions.

use crate::{clock::UnixTime, error::Reason, scheme::TimestampUnit};

pub(crate) fn parse(unit: TimestampUnit, text: &[u8]) -> Result<UnixTime, Reason> {
    match unit {
        TimestampUnit::Seconds => digits(text, 12).map(UnixTime::from_secs),
        TimestampUnit::Millis => digits(text, 15).map(UnixTime::from_millis),
        TimestampUnit::Rfc3339 => rfc3339(text).map(UnixTime::from_millis),
        TimestampUnit::Rfc3339OrUtc => {
            rfc3339(text).or_else(|| rfc3339(&[text, b"Z"].concat())).map(UnixTime::from_millis)
        }
        TimestampUnit::HttpDate => http_date(text).map(UnixTime::from_secs),
    }
    .ok_or(Reason::TimestampMalformed)
}

/// Whether `signed` is at most `tolerance` milliseconds from `now`, bounds included.
pub(crate) fn judge(signed: UnixTime, now: UnixTime, tolerance: i64) -> Result<(), Reason> {
    match now.millis_after(signed) {
        age if age > tolerance => Err(Reason::TooOld),
        age if age < tolerance.saturating_neg() => Err(Reason::FromTheFuture),
        _ => Ok(()),
    }
}

/// A decimal number of one to `most` ASCII digits, at most 18 so that it fits; no sign, no leading zero but in "0"
/// itself.
fn digits(text: &[u8], most: usize) -> Option<i64> {
    let canonical = matches!(text, [b'0'] | [b'1'..=b'9', ..]);
    (canonical && text.len() <= most).then_some(())?;
    text.iter().try_fold(0_i64, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        Some(number * 10 + digit)
    })
}

/// RFC 3339 section 5.6 `date-time`: upper-case `T` and `Z`, up to nine digits of fraction, leap
/// seconds refused. Milliseconds since 1970.
fn rfc3339(text: &[u8]) -> Option<i64> {
    let (century, rest) = two(text)?;
    let (year, rest) = two(rest)?;
    let year = century * 100 + year;
    let (month, rest) = two(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two(rest.strip_prefix(b"-")?)?;
    let (hour, rest) = two(rest.strip_prefix(b"T")?)?;
    let (minute, rest) = two(rest.strip_prefix(b":")?)?;
    let (second, mut rest) = two(rest.strip_prefix(b":")?)?;
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let width = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, tail) = fraction.split_at_checked(width)?;
        (1..=9).contains(&width).then_some(())?;
        rest = tail;
        let padded = digits.iter().copied().chain([b'0'; 2]).take(3);
        millis = padded.fold(0, |number, byte| number * 10 + i64::from(byte - b'0'));
    }
    let offset = match rest {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let (hours, rest) = two(rest)?;
            let (minutes, rest) = two(rest.strip_prefix(b":")?)?;
            (rest.is_empty() && hours < 24 && minutes < 60).then_some(())?;
            let offset = hours * 60 + minutes;
            if *sign == b'+' { offset } else { -offset }
        }
        _ => return None,
    };
    let valid = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    valid.then_some(())?;
    let minutes = (days_since_1970(year, month, day) * 24 + hour) * 60 + minute - offset;
    Some((minutes * 60 + second) * 1000 + millis)
}

/// RFC 9110 section 5.6.7 `IMF-fixdate`. The name of the day is not compared with the date.
fn http_date(text: &[u8]) -> Option<i64> {
    const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    const DAYS: &[u8] = b"MonTueWedThuFriSatSun";
    let (name, rest) = text.split_at_checked(3)?;
    DAYS.chunks(3).any(|day| day == name).then_some(())?;
    let (day, rest) = two(rest.strip_prefix(b", ")?)?;
    let (month, rest) = rest.strip_prefix(b" ")?.split_at_checked(3)?;
    let month = MONTHS.chunks(3).zip(1..).find(|(known, _)| *known == month)?.1;
    let (century, rest) = two(rest.strip_prefix(b" ")?)?;
    let (year, rest) = two(rest)?;
    let year = century * 100 + year;
    let (hour, rest) = two(rest.strip_prefix(b" ")?)?;
    let (minute, rest) = two(rest.strip_prefix(b":")?)?;
    let (second, rest) = two(rest.strip_prefix(b":")?)?;
    let valid = rest == b" GMT"
        && year > 0
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    valid.then(|| ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn two(text: &[u8]) -> Option<(i64, &[u8])> {
    match text {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => {
            Some((i64::from(tens - b'0') * 10 + i64::from(ones - b'0'), rest))
        }
        _ => None,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    // Rounded down: the year 0000 is before them all, and was a leap year.
    let leap_days = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    // Days from 0001-01-01 to 1970-01-01.
    before * 365 + leap_days + months + day - 1 - 719_162
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_canonical_digits() {
        let parse = |text: &str| parse(TimestampUnit::Seconds, text.as_bytes()).map(UnixTime::as_secs);
        assert_eq!(parse("1700000000"), Ok(1_700_000_000));
        assert_eq!(parse("0"), Ok(0));
        assert_eq!(parse("999999999999"), Ok(999_999_999_999));
        let long = "1".repeat(400);
        for bad in [
            "",
            "+1700000000",
            "-1",
            "01700000000",
            "000123",
            "1.7e9",
            "1700000000.0",
            "0x6553f100",
            " 1700000000",
            "1700000000 ",
            "١٧٠٠٠٠٠٠٠٠",
            "NaN",
            "1000000000000",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551616",
            &long,
        ] {
            assert_eq!(parse(bad), Err(Reason::TimestampMalformed), "{bad:?}");
        }
    }

    #[test]
    fn rfc_3339_is_read_to_the_letter() {
        let parse = |text: &str| parse(TimestampUnit::Rfc3339, text.as_bytes()).map(UnixTime::as_millis);
        assert_eq!(parse("1970-01-01T00:00:00Z"), Ok(0));
        assert_eq!(parse("1985-04-12T23:20:50.52Z"), Ok(482_196_050_520));
        assert_eq!(parse("1996-12-19T16:39:57-08:00"), Ok(851_042_397_000));
        assert_eq!(parse("1970-01-01T05:45:00+05:45"), Ok(0));
        assert_eq!(parse("1970-01-02T23:59:00+23:59"), Ok(86_400_000));
        assert_eq!(parse("2000-02-29T12:00:00.123456789+00:00"), Ok(951_825_600_123));
        assert_eq!(parse("0001-01-01T00:00:00Z"), Ok(-62_135_596_800_000));
        assert_eq!(parse("0000-12-31T00:00:00Z"), Ok(-62_135_683_200_000));
        assert_eq!(parse("0000-01-01T00:00:00Z"), Ok(-62_167_219_200_000));
        for bad in [
            "",
            "2026-11-24",
            "2026-11-24 03:04:05Z",
            "2026-11-24t03:04:05Z",
            "2026-11-24T03:04:05",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T03:60:05Z",
            "2026-11-24T03:04:60Z",
            "2026-11-24T03:04:05+24:00",
            "2026-11-24T03:04:05+00:60",
            "2026-11-24T03:04:05+24:60",
            "2026-11-24T03:04:05.Z",
            "2026-11-24T03:04:05.0123456789Z",
            "2026-11-24T03:04:05Zjunk",
            "2026-11-24T03:04:05+0100",
            "+026-11-24T03:04:05Z",
        ] {
            assert_eq!(parse(bad), Err(Reason::TimestampMalformed), "{bad:?}");
        }
    }

    #[test]
    fn http_dates_are_read_to_the_letter() {
        let parse = |text: &str| parse(TimestampUnit::HttpDate, text.as_bytes()).map(UnixTime::as_secs);
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:37 GMT"), Ok(784_111_777));
        assert_eq!(parse("Wed, 09 Jun 2021 16:08:15 GMT"), Ok(1_623_254_895));
        for bad in [
            "",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 6 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 31 Nov 1994 08:49:37 GMT",
            "Sin, 06 Nov 1994 08:49:37 GMT",
            "Sat, 01 Jan 0000 00:00:00 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:60 GMT",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:37 GMT ",
        ] {
            assert_eq!(parse(bad), Err(Reason::TimestampMalformed), "{bad:?}");
        }
    }

    #[test]
    fn both_bounds_are_inside() {
        let at = |age: i64| judge(UnixTime::from_secs(1000), UnixTime::from_secs(1000 + age), 300_000);
        assert_eq!((at(300), at(301)), (Ok(()), Err(Reason::TooOld)));
        assert_eq!((at(-300), at(-301)), (Ok(()), Err(Reason::FromTheFuture)));
        let ends = judge(UnixTime::from_millis(i64::MIN), UnixTime::from_millis(i64::MAX), i64::MAX);
        assert_eq!(ends, Ok(()));
    }
}
