//! How a signature is written.

use super::place::Place;

/// Where a signature is and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    pub(crate) place: Place,
    pub(crate) prefix: &'static str,
    pub(crate) prefix_optional: bool,
    pub(crate) after: Option<char>,
    pub(crate) grammar: Grammar,
    pub(crate) groups: Option<char>,
    pub(crate) spaced: bool,
    pub(crate) trailing_comma: bool,
    pub(crate) repeated: bool,
    pub(crate) encoding: Encoding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    One,
    List { separator: char, skip: u8 },
    Pairs { separator: char, assign: char, key: Option<&'static str> },
}

/// How the bytes of a signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// Hex, in either case.
    Hex,
    /// Base64 (RFC 4648 section 4).
    Base64,
    /// Base64url (RFC 4648 section 5).
    Base64Url,
    /// As they are.
    Raw,
}

impl Signature {
    pub(crate) const fn new(place: Place, encoding: Encoding) -> Self {
        Self {
            place,
            prefix: "",
            prefix_optional: false,
            after: None,
            grammar: Grammar::One,
            groups: None,
            spaced: false,
            trailing_comma: false,
            repeated: false,
            encoding,
        }
    }

    pub(crate) const fn grammar(mut self, grammar: Grammar) -> Self {
        self.grammar = grammar;
        self
    }

    /// Written in hex, in either case.
    pub const fn hex(mut self) -> Self {
        self.encoding = Encoding::Hex;
        self
    }

    /// Written in base64 (RFC 4648 section 4), padded and canonical.
    pub const fn base64(mut self) -> Self {
        self.encoding = Encoding::Base64;
        self
    }

    /// Written in base64url (RFC 4648 section 5), with or without padding, canonical.
    pub const fn base64url(mut self) -> Self {
        self.encoding = Encoding::Base64Url;
        self
    }

    /// Written as it is.
    pub const fn raw(mut self) -> Self {
        self.encoding = Encoding::Raw;
        self
    }

    /// Stands behind this prefix, compared to the letter, and in any case where it ends with a space.
    pub const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self
    }

    /// The prefix may be missing.
    pub const fn prefix_optional(mut self) -> Self {
        self.prefix_optional = true;
        self
    }

    /// Begins behind the first `mark` after the prefix.
    pub const fn after(mut self, mark: char) -> Self {
        self.after = Some(mark);
        self
    }

    /// Pairs come in groups with this separator, each group repeating the other keys with the same
    /// values.
    pub const fn groups(mut self, separator: char) -> Self {
        self.groups = Some(separator);
        self
    }

    /// Spaces around the elements of the list are part of the form.
    pub const fn spaced(mut self) -> Self {
        self.spaced = true;
        self
    }

    /// Elements may have a comma behind them.
    pub const fn trailing_comma(mut self) -> Self {
        self.trailing_comma = true;
        self
    }

    /// The header field may come several times, each with a signature.
    pub const fn repeated(mut self) -> Self {
        self.repeated = true;
        self
    }

    /// Whether all separators are ASCII, as they must be.
    pub(crate) fn has_ascii_marks(&self) -> bool {
        let of_list = match self.grammar {
            Grammar::One => [None, None],
            Grammar::List { separator, .. } => [Some(separator), None],
            Grammar::Pairs { separator, assign, .. } => [Some(separator), Some(assign)],
        };
        of_list.into_iter().chain([self.after, self.groups]).flatten().all(|mark| mark.is_ascii())
    }
}
