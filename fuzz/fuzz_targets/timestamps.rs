//! Timestamps of every form: one is accepted where a strict parser of this file accepts it and it is inside
//! of the tolerance, and nowhere else.

#![no_main]

use arbitrary::Arbitrary;
use hmac::{Hmac, KeyInit, Mac};
use hookgate::{
    Reason, UnixTime, Verifier,
    scheme::{Part, Place, Scheme, TimestampRule, field, header},
};
use hookgate_fuzz::{SECRET, Wire};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    unit: Unit,
    in_list: bool,
    enforced: bool,
    tolerance: u32,
    now: Now,
    text: Text<'a>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Unit {
    Seconds,
    Millis,
    Rfc3339,
    Rfc3339OrUtc,
    HttpDate,
}

#[derive(Arbitrary, Debug)]
enum Now {
    Any(i64),
    /// So many milliseconds after what was written.
    After(i32),
    /// So many milliseconds beyond the bound.
    Late(i8),
    Early(i8),
}

#[derive(Arbitrary, Debug)]
enum Text<'a> {
    Any(&'a [u8]),
    Number(i64),
    Date {
        numbers: [u8; 8],
        fraction: Option<(u32, u8)>,
        zone: Zone,
        /// A byte that is put in somewhere.
        odd: Option<(u8, u8)>,
    },
}

#[derive(Arbitrary, Debug)]
enum Zone {
    Zulu,
    None,
    East(u8, u8),
    West(u8, u8),
}

const DAYS: [&str; 8] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Foo"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Text<'_> {
    fn write(&self, unit: Unit) -> Vec<u8> {
        match self {
            Self::Any(text) => text.to_vec(),
            Self::Number(number) => number.to_string().into_bytes(),
            Self::Date { numbers, fraction, zone, odd } => {
                // Mostly in their ranges.
                let number = |place: usize, most: u8| numbers[place] % (most + 1);
                let (century, year) = (number(0, 99), number(1, 99));
                let (month, day) = (number(2, 13), number(3, 32));
                let (hour, minute, second) = (number(4, 24), number(5, 60), number(6, 60));
                let mut text = match unit {
                    Unit::HttpDate => {
                        let name = DAYS[usize::from(numbers[7] & 7)];
                        let month = MONTHS.get(usize::from(month)).unwrap_or(&"Nov");
                        let time = format!("{hour:02}:{minute:02}:{second:02}");
                        format!("{name}, {day:02} {month} {century:02}{year:02} {time} GMT")
                    }
                    _ => {
                        let fraction = fraction.map_or_else(String::new, |(digits, width)| {
                            format!(".{digits:0width$}", width = usize::from(width % 12))
                        });
                        let zone = match zone {
                            Zone::Zulu => "Z".to_owned(),
                            Zone::None => String::new(),
                            Zone::East(hours, minutes) => format!("+{:02}:{:02}", hours % 26, minutes % 62),
                            Zone::West(hours, minutes) => format!("-{:02}:{:02}", hours % 26, minutes % 62),
                        };
                        let date = format!("{century:02}{year:02}-{month:02}-{day:02}");
                        format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}")
                    }
                }
                .into_bytes();
                if let Some((at, byte)) = odd {
                    let at = usize::from(*at) % (text.len() + 1);
                    text.insert(at, *byte);
                }
                text
            }
        }
    }
}

/// What is written, in milliseconds since 1970.
fn read(unit: Unit, text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    match unit {
        Unit::Seconds => number(text, 12).map(|seconds| seconds * 1000),
        Unit::Millis => number(text, 15),
        Unit::Rfc3339 => rfc3339(text),
        Unit::Rfc3339OrUtc => rfc3339(text).or_else(|| rfc3339(&format!("{text}Z"))),
        Unit::HttpDate => http_date(text),
    }
}

fn number(text: &str, most: usize) -> Option<i64> {
    let plain = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = plain.then(|| text.parse().ok())??;
    // Written in the one way that it is printed.
    (number.to_string() == text).then_some(number)
}

/// So many digits, and what is behind them.
fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| Some((digits.parse().ok()?, rest)))?
}

fn rfc3339(text: &str) -> Option<i64> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (seconds, mut rest) = time(rest.strip_prefix('T')?)?;
    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix('.') {
        let width = fraction.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(fraction.len());
        if !(1..=9).contains(&width) {
            return None;
        }
        let nanos: i64 = format!("{:0<9}", &fraction[..width]).parse().ok()?;
        (millis, rest) = (nanos / 1_000_000, &fraction[width..]);
    }
    let east = match rest.chars().next()? {
        'Z' => (rest.len() == 1).then_some(0)?,
        sign @ ('+' | '-') => {
            let (hours, rest) = digits(&rest[1..], 2)?;
            let (minutes, rest) = digits(rest.strip_prefix(':')?, 2)?;
            (rest.is_empty() && hours <= 23 && minutes <= 59).then_some(())?;
            (hours * 3600 + minutes * 60) * if sign == '+' { 1 } else { -1 }
        }
        _ => return None,
    };
    Some((date(year, month, day)? * 86_400 + seconds - east) * 1000 + millis)
}

fn http_date(text: &str) -> Option<i64> {
    let (name, rest) = text.split_once(", ")?;
    DAYS[..7].contains(&name).then_some(())?;
    let (day, rest) = digits(rest, 2)?;
    let (month, rest) = rest.strip_prefix(' ')?.split_at_checked(3)?;
    let month = MONTHS.iter().position(|known| *known == month)? as i64 + 1;
    let (year, rest) = digits(rest.strip_prefix(' ')?, 4)?;
    let (seconds, rest) = time(rest.strip_prefix(' ')?)?;
    (rest == " GMT" && year > 0).then_some(())?;
    Some((date(year, month, day)? * 86_400 + seconds) * 1000)
}

/// The second of the day.
fn time(text: &str) -> Option<(i64, &str)> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = digits(rest.strip_prefix(':')?, 2)?;
    (hour <= 23 && minute <= 59 && second <= 59).then_some((hour * 3600 + minute * 60 + second, rest))
}

/// Days since 1970 in the proleptic Gregorian calendar, years beginning in March.
fn date(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let longest = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=longest).contains(&day).then_some(())?;
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fuzz_target!(|case: Case<'_>| run(&case));

fn rule(case: &Case<'_>, place: Place) -> TimestampRule {
    let rule = match case.unit {
        Unit::Seconds => place.seconds(),
        Unit::Millis => place.millis(),
        Unit::Rfc3339 => place.rfc3339(),
        Unit::Rfc3339OrUtc => place.rfc3339_or_utc(),
        Unit::HttpDate => place.http_date(),
    };
    let rule = rule.tolerance_secs(case.tolerance);
    if case.enforced { rule } else { rule.not_enforced() }
}

fn run(case: &Case<'_>) {
    let text = case.text.write(case.unit);
    // A list cannot hold these.
    let in_list = case.in_list && !text.is_empty() && !text.contains(&b';') && text.len() < 8000;
    let (signature, place) = match in_list {
        true => (header("x-signature").pairs(';', '=', "v1"), field("t")),
        false => (header("x-signature").hex(), header("x-time")),
    };
    let scheme = Scheme::hmac_sha256("test")
        .signature(signature)
        .signs(&[Part::Timestamp, Part::Lit("."), Part::Body])
        .timestamp(rule(case, place));
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    [&text[..], b".", b"{}"].iter().for_each(|part| mac.update(part));
    let tag = const_hex::encode(mac.finalize().into_bytes()).into_bytes();
    let headers = match in_list {
        true => vec![("x-signature".to_owned(), [b"v1=", &tag[..], b";t=", &text].concat())],
        false => vec![("x-signature".to_owned(), tag), ("x-time".to_owned(), text.clone())],
    };
    let written = read(case.unit, &text);
    let tolerance = i64::from(case.tolerance) * 1000;
    let now = match (&case.now, written) {
        (Now::Any(now), _) => *now,
        (Now::After(by), Some(written)) => written + i64::from(*by),
        (Now::Late(by), Some(written)) => written + tolerance + i64::from(*by),
        (Now::Early(by), Some(written)) => written - tolerance + i64::from(*by),
        (_, None) => 1_800_000_000_000,
    };
    let wire = Wire {
        method: "POST".to_owned(),
        target: "/".to_owned(),
        headers,
        body: bytes::Bytes::from_static(b"{}"),
    };
    let judged = wire.verify(&verifier, UnixTime::from_millis(now));
    let judged = judged.map(|delivery| delivery.timestamp().map(UnixTime::as_millis));
    let age = written.map(|written| now.saturating_sub(written));
    let want = match (written, age) {
        (Some(_), Some(age)) if case.enforced && age > tolerance => Err(Reason::TooOld),
        (Some(_), Some(age)) if case.enforced && age < -tolerance => Err(Reason::FromTheFuture),
        (Some(written), _) => Ok(Some(written)),
        (None, _) => Err(Reason::TimestampMalformed),
    };
    assert_eq!(judged, want, "{:?} at {now}", String::from_utf8_lossy(&text));
}
