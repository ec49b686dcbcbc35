//! What is written under a key: small, readable, and told apart by its first letter.
//!
//! | record | says | expires |
//! |---|---|---|
//! | `R`*tag*`:`*token*`:`*attempt* | it runs | a day after its lease |
//! | `1`*status* *tag* | it is done | with its retention |
//! | `F`*attempt* | it is free, after so many attempts | after a day |
//!
//! The first letters belong to this version of the records: another version takes others, and is not
//! misread. A tag is ten digits: of an id, the checksum of the body; of a content, its id. What is done
//! is a number as a whole, for which Redis needs the least memory.

use crate::store::Token;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Record {
    Running { token: Token, attempt: u32 },
    Done { status: u16, tag: u32 },
    Free,
}

impl Record {
    /// The record of an event that runs for the first time.
    pub(super) fn running(tag: u32, token: Token) -> String {
        format!("R{}:{:x}:1", digits(tag), token.get())
    }

    /// What a record says; `None` where somebody else wrote it.
    pub(super) fn read(record: &[u8]) -> Option<Self> {
        let (letter, rest) = std::str::from_utf8(record).ok()?.split_at_checked(1)?;
        match letter {
            "R" => {
                let mut parts = rest.split(':');
                read_tag(parts.next()?)?;
                let token = u128::from_str_radix(parts.next()?, 16).ok()?;
                let attempt = parts.next()?.parse().ok()?;
                parts.next().is_none().then_some(Self::Running { token: Token::new(token), attempt })
            }
            "1" => {
                let (status, tag) = rest.split_at_checked(3)?;
                Some(Self::Done { status: status.parse().ok()?, tag: read_tag(tag)? })
            }
            "F" => rest.parse::<u32>().ok().map(|_| Self::Free),
            _ => None,
        }
    }
}

/// A tag as it is written.
pub(super) fn digits(tag: u32) -> String {
    format!("{tag:010}")
}

fn read_tag(text: &str) -> Option<u32> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let token = Token::new(0xfeed << 64 | 7);
        let written = Record::running(171, token);
        assert_eq!(written, "R0000000171:feed0000000000000007:1");
        assert_eq!(Record::read(written.as_bytes()), Some(Record::Running { token, attempt: 1 }));
        assert_eq!(Record::read(b"12040000000171"), Some(Record::Done { status: 204, tag: 171 }));
        assert_eq!(Record::read(b"F3"), Some(Record::Free));
    }

    #[test]
    fn what_somebody_else_wrote_is_no_record() {
        for other in [
            "",
            "1",
            "OK",
            "1200",
            "1200000000017",
            "120x0000000171",
            "120400000001710",
            "22040000000171",
            "F",
            "Fx",
            "R",
            "R0000000171",
            "R0000000171:1",
            "R0000000171:x:1",
            "R0000000171:1:1:1",
            "R171:1:1",
            "é",
            "\0",
            "12049999999999",
        ] {
            assert_eq!(Record::read(other.as_bytes()), None, "{other:?}");
        }
        assert_eq!(Record::read(&[0xff, 0xfe]), None);
    }
}
