//! What is signed, and with which key bytes.

use super::Source;

/// One part of the signed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// This text.
    Lit(&'static str),
    /// The body, byte for byte as it came.
    Body,
    /// The timestamp, as it is written where [`Scheme::timestamp`](super::Scheme::timestamp) finds it.
    Timestamp,
    /// The event id, as it is written where [`Scheme::id`](super::Scheme::id) finds it. It must be
    /// there and not empty.
    Id,
    /// The value of this header field (lower-case name).
    Header(&'static str),
    /// The value of this key in the signature's `key=value` list.
    Field(&'static str),
    /// The method, in upper case.
    Method,
    /// The public URL: scheme, host and port from configuration, path and query as they came.
    Url,
    /// The public URL without its query.
    UrlBeforeQuery,
    /// The public URL with the percent escapes of these ASCII characters decoded, and no others.
    UnescapedUrl(&'static str),
    /// The public URL without a path, where the request is for the root.
    Origin,
    /// The path, as it came.
    Path,
    /// The decoded value of this query parameter.
    Query(&'static str),
    /// The decoded value of this query parameter in ASCII lower case.
    LowerQuery(&'static str),
    /// The raw `name=value` pairs of the query, sorted, joined by `&`.
    SortedQuery,
    /// The decoded value of this form field.
    Form(&'static str),
    /// The decoded value of this form field where the body is a form that has it, else the body.
    FormOrBody(&'static str),
    /// All form fields sorted by name, each name followed by its value, decoded.
    SortedForm,
    /// The text of the JSON value at this pointer (RFC 6901): a string without its quotes, anything
    /// else as written.
    Json(&'static str),
    /// A digest of the body.
    BodyDigest(BodyHash, HashEncoding),
    /// The configured value of this name.
    Config(&'static str),
    /// The secret's text.
    Secret,
    /// The body as a JSON string, as `JSON.stringify` writes it.
    BodyAsJson,
    /// The text of the one XML element of this name in the body.
    Xml(&'static str),
    /// The values of these parts, sorted by their bytes.
    SortedValues(&'static [Part]),
    /// All form fields but this one sorted by name, each as `&name=value`, with `&` and `=` in values
    /// replaced by `_`.
    SortedPairsBut(&'static str),
    /// All form fields but this one sorted by name, as PHP's `serialize` writes an array of strings.
    SerializedFormBut(&'static str),
    /// These parts where every value in them is there, else nothing.
    Optional(&'static [Part]),
}

impl Part {
    /// Where the request has the value that this is, if it is one value of a request.
    pub(crate) const fn source(self) -> Option<Source> {
        Some(match self {
            Self::Header(name) => Source::Header { name, or: None },
            Self::Field(name) => Source::Field(name),
            Self::Query(name) | Self::LowerQuery(name) => Source::Query(name),
            Self::Form(name) => Source::Form(name),
            Self::Json(pointer) => Source::Json(pointer),
            Self::Xml(name) => Source::Xml(name),
            _ => return None,
        })
    }
}

/// A hash over the body alone, as one part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BodyHash {
    /// SHA-256.
    Sha256,
    /// MD5 (RFC 1321). Needs the feature `md5`.
    Md5,
    /// CRC-32 (ISO 3309), which keeps nobody from making another body. Needs the feature `rsa`.
    Crc32,
}

/// How a digest is written into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HashEncoding {
    /// The digest's bytes.
    Raw,
    /// Lower-case hex.
    Hex,
    /// Base64 (RFC 4648 section 4).
    Base64,
    /// A decimal number, of up to eight bytes.
    Decimal,
}

/// How a secret's text becomes key bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyForm {
    pub(crate) strip: &'static [&'static str],
    pub(crate) decode: Decode,
    pub(crate) suffix: &'static str,
    pub(crate) api_keys: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decode {
    Utf8,
    Ascii,
    Base64,
    Hex,
    Sha1,
}

impl KeyForm {
    /// The text's UTF-8 bytes.
    pub const UTF8: Self = Self::new(Decode::Utf8);
    /// The text's bytes, which must be ASCII: for providers that normalise other text.
    pub const ASCII: Self = Self::new(Decode::Ascii);
    /// Base64 (RFC 4648 section 4). Padding may be missing.
    pub const BASE64: Self = Self::new(Decode::Base64);
    /// Hex, in either case.
    pub const HEX: Self = Self::new(Decode::Hex);
    /// The SHA-1 digest of the text's bytes. Needs the feature `sha1`.
    pub const SHA1: Self = Self::new(Decode::Sha1);

    const fn new(decode: Decode) -> Self {
        Self { strip: &[], decode, suffix: "", api_keys: &[] }
    }

    /// Takes the first of these prefixes that the text has off it before decoding.
    pub const fn strip(mut self, prefixes: &'static [&'static str]) -> Self {
        self.strip = prefixes;
        self
    }

    /// What begins with one of these is another key of the provider's, such as an API key: it is refused.
    pub const fn api_keys(mut self, prefixes: &'static [&'static str]) -> Self {
        self.api_keys = prefixes;
        self
    }

    /// Appends this text to the key bytes.
    pub const fn suffix(mut self, suffix: &'static str) -> Self {
        self.suffix = suffix;
        self
    }
}
