//! Where values are in a request.

use super::signature::{Encoding, Grammar, Signature};

/// A place in a request that holds one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) source: Source,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Header { name: &'static str, or: Option<&'static str> },
    NumberedHeader { prefix: &'static str, most: u8 },
    Query(&'static str),
    Form(&'static str),
    Json(&'static str),
    JsonInteger(&'static str),
    Field(&'static str),
    Xml(&'static str),
    Claim(&'static str),
    Body,
    All(&'static [Place]),
    First(&'static [Place]),
}

/// The header field of this lower-case name.
pub const fn header(name: &'static str) -> Place {
    Place { source: Source::Header { name, or: None } }
}

/// The header fields `prefix1`, `prefix2`, … up to `most`, each with a signature.
pub const fn numbered_header(prefix: &'static str, most: u8) -> Place {
    Place { source: Source::NumberedHeader { prefix, most } }
}

/// The query parameter of this name, decoded.
pub const fn query(name: &'static str) -> Place {
    Place { source: Source::Query(name) }
}

/// The form field of this name, decoded.
pub const fn form(name: &'static str) -> Place {
    Place { source: Source::Form(name) }
}

/// The JSON string at this pointer (RFC 6901) in the payload.
pub const fn json(pointer: &'static str) -> Place {
    Place { source: Source::Json(pointer) }
}

/// The JSON integer at this pointer (RFC 6901) in the payload. The integer 1 and the string `"1"`
/// are two ids; a place names one of them.
pub const fn json_integer(pointer: &'static str) -> Place {
    Place { source: Source::JsonInteger(pointer) }
}

/// The value of this key in the signature's `key=value` list, or the element of this number
/// (`"0"`, `"1"`, …) where the signature is a positional list.
pub const fn field(name: &'static str) -> Place {
    Place { source: Source::Field(name) }
}

/// The text of the one XML element of this name in the body.
pub const fn xml(name: &'static str) -> Place {
    Place { source: Source::Xml(name) }
}

/// The JSON string at this pointer (RFC 6901) in the claims of the verified token.
pub const fn claim(pointer: &'static str) -> Place {
    Place { source: Source::Claim(pointer) }
}

/// The body as a whole, for tokens that are all there is.
pub const fn whole_body() -> Place {
    Place { source: Source::Body }
}

/// The values of all these places together: for ids that are unique only in combination.
pub const fn all(places: &'static [Place]) -> Place {
    Place { source: Source::All(places) }
}

/// The value of the first of these places that has one.
pub const fn first(places: &'static [Place]) -> Place {
    Place { source: Source::First(places) }
}

impl Source {
    fn is_in_body(self) -> bool {
        matches!(self, Self::Form(_) | Self::Json(_) | Self::JsonInteger(_) | Self::Xml(_) | Self::Body)
    }
}

impl Place {
    /// For a header: another name under which the same field may come. Both with different values
    /// is refused.
    pub const fn or(mut self, name: &'static str) -> Self {
        if let Source::Header { name: first, .. } = self.source {
            self.source = Source::Header { name: first, or: Some(name) };
        }
        self
    }

    /// Whether nothing but the body holds it.
    pub(crate) fn is_in_body(self) -> bool {
        self.is_all(Source::is_in_body)
    }

    /// Whether the body is looked into for it.
    #[cfg(feature = "receiver")]
    pub(crate) fn reads_body(self) -> bool {
        !self.is_all(|source| !source.is_in_body())
    }

    /// Whether the head holds it.
    pub(crate) fn is_in_head(self) -> bool {
        self.is_all(|source| {
            matches!(
                source,
                Source::Header { .. } | Source::NumberedHeader { .. } | Source::Query(_) | Source::Field(_)
            )
        })
    }

    /// Whether it is such, or each of those that it is made of.
    pub(crate) fn is_all(self, is_such: fn(Source) -> bool) -> bool {
        match self.source {
            Source::All(places) | Source::First(places) => places.iter().all(|place| place.is_all(is_such)),
            source => is_such(source),
        }
    }

    const fn signature(self, encoding: Encoding) -> Signature {
        Signature::new(self, encoding)
    }

    /// A signature in hex, in either case.
    pub const fn hex(self) -> Signature {
        self.signature(Encoding::Hex)
    }

    /// A signature in base64 (RFC 4648 section 4), padded and canonical.
    pub const fn base64(self) -> Signature {
        self.signature(Encoding::Base64)
    }

    /// A signature in base64url (RFC 4648 section 5), with or without padding, canonical.
    pub const fn base64url(self) -> Signature {
        self.signature(Encoding::Base64Url)
    }

    /// A token as it is.
    pub const fn raw(self) -> Signature {
        self.signature(Encoding::Raw)
    }

    /// A signature behind this prefix, compared to the letter, and in any case where it ends with a space. Hex unless
    /// said otherwise after.
    pub const fn prefix(self, prefix: &'static str) -> Signature {
        self.hex().prefix(prefix)
    }

    /// A list of `key=value` pairs, the signatures being the values of `key`. `separator` stands
    /// between pairs, `assign` between key and value. Hex unless said otherwise after.
    pub const fn pairs(self, separator: char, assign: char, key: &'static str) -> Signature {
        self.hex().grammar(Grammar::Pairs { separator, assign, key: Some(key) })
    }

    /// A list of `key=value` pairs, each value being a signature whatever its key.
    pub const fn any_pairs(self, separator: char, assign: char) -> Signature {
        self.hex().grammar(Grammar::Pairs { separator, assign, key: None })
    }

    /// A list of signatures.
    pub const fn list(self, separator: char) -> Signature {
        self.hex().grammar(Grammar::List { separator, skip: 0 })
    }

    /// A list whose first `skip` elements are no signatures (read them with [`field`]).
    pub const fn positional(self, separator: char, skip: u8) -> Signature {
        self.hex().grammar(Grammar::List { separator, skip })
    }

    /// A timestamp in seconds since 1970: 1 to 12 ASCII digits without leading zeros.
    pub const fn seconds(self) -> TimestampRule {
        TimestampRule::new(self, TimestampUnit::Seconds)
    }

    /// A timestamp in milliseconds since 1970: 1 to 15 ASCII digits without leading zeros.
    pub const fn millis(self) -> TimestampRule {
        TimestampRule::new(self, TimestampUnit::Millis)
    }

    /// A timestamp as RFC 3339 writes it, but that the zone may be missing: then it is UTC.
    pub const fn rfc3339_or_utc(self) -> TimestampRule {
        TimestampRule::new(self, TimestampUnit::Rfc3339OrUtc)
    }

    /// A timestamp as HTTP writes dates (RFC 9110 section 5.6.7), for example
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    pub const fn http_date(self) -> TimestampRule {
        TimestampRule::new(self, TimestampUnit::HttpDate)
    }

    /// A timestamp as RFC 3339 writes it.
    pub const fn rfc3339(self) -> TimestampRule {
        TimestampRule::new(self, TimestampUnit::Rfc3339)
    }
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampUnit {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Millis,
    /// RFC 3339, for example `2026-11-24T03:04:05.678Z`.
    Rfc3339,
    /// RFC 3339, or the same without a zone, which then is UTC.
    Rfc3339OrUtc,
    /// `IMF-fixdate` of RFC 9110, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
    HttpDate,
}

/// Where the timestamp is, how it is written and how old it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimestampRule {
    pub(crate) place: Place,
    pub(crate) unit: TimestampUnit,
    pub(crate) tolerance_secs: u32,
    pub(crate) enforced: bool,
}

impl TimestampRule {
    const fn new(place: Place, unit: TimestampUnit) -> Self {
        Self { place, unit, tolerance_secs: 300, enforced: true }
    }

    /// How far the timestamp may be from now, in either direction, bounds included. Default 300
    /// seconds.
    pub const fn tolerance_secs(mut self, secs: u32) -> Self {
        self.tolerance_secs = secs;
        self
    }

    /// The provider keeps the first timestamp over all retries: read and signed, but not judged.
    pub const fn not_enforced(mut self) -> Self {
        self.enforced = false;
        self
    }
}
