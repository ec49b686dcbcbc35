//! What is written under a key: small, readable, and told apart by its first letter.
//!
//! | record | says | expires |
//! |---|---|---|
//! | `R`*tag*`:`*token*`:`*attempt* | it runs | a day after its lease |
//! | `Q`*tag*`:`*token*`:`*attempt* | the same, after it was forgotten | likewise |
//! | `1`*status* *tag* *mark* | it is done | with its retention |
//! | `F`*attempt*`:`*mark* | it is free, after so many attempts | after a day |
//! | `G`*attempt*`:`*mark* | the same, since it was forgotten | when it would have, or a day after a run that failed |
//!
//! The first letters belong to this version of the records: another version takes others, and is not
//! misread. A tag is ten digits: of an id, the checksum of the body; of a content, its id. What is done
//! is a number as a whole, of less than 64 bits, for which Redis needs the least memory. A mark is five digits, by which
//! the call that ended a claim is known where it is sent twice.

use crate::store::Token;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record {
    Running { token: Token, attempt: u32 },
    Done { status: u16, tag: u32 },
    Free,
}

impl Record {
    /// The record of an event that runs for the first time.
    pub(super) fn running(tag: u32, token: Token) -> [u8; 46] {
        let mut record = *b"R__________:________________________________:1";
        let parts = [(1, &digits(tag)[..]), (12, &hex(token)[..])];
        for (at, part) in parts {
            record.iter_mut().skip(at).zip(part).for_each(|(to, from)| *to = *from);
        }
        record
    }

    /// The record of an event that is done.
    pub(super) fn done(tag: u32, status: u16, mark: [u8; 5]) -> [u8; 19] {
        let mut record = *b"1___0000000000_____";
        let status = digits(status.min(999).into());
        let parts = [(1, status.get(7..).unwrap_or_default()), (4, &digits(tag)[..]), (14, &mark[..])];
        for (at, part) in parts {
            record.iter_mut().skip(at).zip(part).for_each(|(to, from)| *to = *from);
        }
        record
    }

    /// What a record says; `None` where somebody else wrote it.
    pub(super) fn read(record: &[u8]) -> Option<Self> {
        let (letter, rest) = std::str::from_utf8(record).ok()?.split_at_checked(1)?;
        // Numbers may have it in front, and ours never do.
        if rest.contains('+') {
            return None;
        }
        match letter {
            "R" | "Q" => {
                let mut parts = rest.split(':');
                number(parts.next()?, 10)?;
                let token = parts.next().filter(|token| token.len() == 32)?;
                let token = u128::from_str_radix(token, 16).ok()?;
                let attempt = parts.next()?.parse().ok()?;
                parts.next().is_none().then_some(Self::Running { token: Token::new(token), attempt })
            }
            "1" => {
                let (status, rest) = rest.split_at_checked(3)?;
                let (tag, mark) = rest.split_at_checked(10)?;
                number(mark, 5)?;
                Some(Self::Done { status: status.parse().ok()?, tag: number(tag, 10)? })
            }
            "F" | "G" => {
                let (attempt, mark) = rest.split_once(':')?;
                number(mark, 5)?;
                attempt.parse::<u32>().ok().map(|_| Self::Free)
            }
            _ => None,
        }
    }
}

/// A tag as it is written. By hand, since this is done for every delivery.
pub(super) fn digits(tag: u32) -> [u8; 10] {
    let mut digits = [b'0'; 10];
    let mut rest = tag;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

/// A token as it is written.
pub(super) fn hex(token: Token) -> [u8; 32] {
    let mut hex = [0; 32];
    // It is just as long as it has to be.
    let _ = const_hex::encode_to_slice(token.get().to_be_bytes(), &mut hex);
    hex
}

/// A number of so many digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let token = Token::new(0xfeed << 64 | 7);
        let written = Record::running(171, token);
        assert_eq!(&written, b"R0000000171:000000000000feed0000000000000007:1");
        assert_eq!(Record::read(&written), Some(Record::Running { token, attempt: 1 }));
        let forgotten = b"Q0000000171:000000000000feed0000000000000007:2";
        assert_eq!(Record::read(forgotten), Some(Record::Running { token, attempt: 2 }));
        assert_eq!(&Record::done(171, 204, *b"00042"), b"1204000000017100042");
        assert_eq!(Record::read(b"1204000000017100042"), Some(Record::Done { status: 204, tag: 171 }));
        assert_eq!(Record::read(b"F3:00042"), Some(Record::Free));
        assert_eq!(Record::read(b"G0:00000"), Some(Record::Free));
    }

    #[test]
    fn what_somebody_else_wrote_is_no_record() {
        for other in [
            "",
            "1",
            "OK",
            "1200",
            "12040000000171",
            "120400000001710004",
            "120x000000017100042",
            "12040000000171x0042",
            "12040000000171000420",
            "2204000000017100042",
            "F",
            "F3",
            "F3:0042",
            "F3:0004x",
            "Fx:00042",
            "Gx:00042",
            "R",
            "R0000000171",
            "R0000000171:1",
            "R0000000171:x:1",
            "R0000000171:1:1:1",
            "R171:1:1",
            "R+000000171:000000000000feed0000000000000007:1",
            "R0000000171:+00000000000feed0000000000000007:1",
            "R0000000171:000000000000feed0000000000000007:+1",
            "1+04000000017100042",
            "1204+00000017100042",
            "12040000000171+0042",
            "F+3:00042",
            "F3:+0042",
            "é",
            "\0",
            "1204999999999900042",
        ] {
            assert_eq!(Record::read(other.as_bytes()), None, "{other:?}");
        }
        assert_eq!(Record::read(&[0xff, 0xfe]), None);
    }
}
