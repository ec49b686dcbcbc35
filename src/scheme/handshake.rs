//! Challenges that providers send before they send events.

use super::{HashEncoding, Place, Source};

/// A challenge and its answer, as data. It is answered only in exactly this shape.
#[derive(Clone, Copy, Debug)]
pub struct Handshake {
    pub(crate) method: &'static str,
    pub(crate) signed: bool,
    pub(crate) when: &'static [When],
    pub(crate) challenge: Option<Place>,
    hex: Option<(usize, usize)>,
    pub(crate) delivers_secret: bool,
    pub(crate) status: u16,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) headers: &'static [(&'static str, Said)],
    pub(crate) body: &'static [Said],
}

/// What tells a challenge from everything else.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum When {
    /// There is this text.
    Is(Place, &'static str),
    /// There is this integer.
    IsInteger(Place, i64),
    /// The JSON of the body has nothing at this pointer (RFC 6901).
    Absent(&'static str),
    /// There is the configured value of this name, such as a verify token. Compared in constant time; without
    /// one configured the challenge is refused.
    IsConfigured(Place, &'static str),
}

/// A piece of an answer.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Said {
    /// This text.
    Text(&'static str),
    /// The challenge.
    Challenge,
    /// The challenge as a JSON string.
    Quoted,
    /// The MAC of the challenge under the first secret. The challenge must then consist of at most 128 letters,
    /// digits, `_` and `-`, and a delivery that does is refused. Where deliveries may be such text, say
    /// that [challenges are hex](Handshake::challenge_is_hex): then only what is hex is refused.
    Mac(HashEncoding),
    /// The configured value of this name.
    Config(&'static str),
}

impl Handshake {
    /// The names of the configured values that it needs.
    pub(crate) fn config(&self) -> impl Iterator<Item = &'static str> {
        let needed = self.when.iter().filter_map(|when| match when {
            When::IsConfigured(_, name) => Some(*name),
            When::Is(..) | When::IsInteger(..) | When::Absent(_) => None,
        });
        let said = self.headers.iter().map(|(_, said)| said).chain(self.body);
        needed.chain(said.filter_map(|said| match said {
            Said::Config(name) => Some(*name),
            _ => None,
        }))
    }

    const fn new(method: &'static str) -> Self {
        Self {
            method,
            signed: false,
            when: &[],
            challenge: None,
            hex: None,
            delivers_secret: false,
            status: 200,
            content_type: None,
            headers: &[],
            body: &[],
        }
    }

    /// A challenge by `GET`.
    pub const fn get() -> Self {
        Self::new("GET")
    }

    /// A challenge by `POST`.
    pub const fn post() -> Self {
        Self::new("POST")
    }

    /// A challenge by `OPTIONS`.
    pub const fn options() -> Self {
        Self::new("OPTIONS")
    }

    /// A probe by `HEAD`, which wants a 200.
    pub const fn head() -> Self {
        Self::new("HEAD")
    }

    /// It is signed as a delivery is, and answered only once it is verified. Where the signature or token of deliveries
    /// is in the body, so must be that of a challenge which the body tells.
    pub const fn signed(mut self) -> Self {
        self.signed = true;
        self
    }

    /// What tells it from everything else.
    pub const fn when(mut self, when: &'static [When]) -> Self {
        self.when = when;
        self
    }

    /// Where the challenge is. It must be there.
    pub const fn challenge(mut self, place: Place) -> Self {
        self.challenge = Some(place);
        self
    }

    /// The challenge consists of so many hex digits, in lower case.
    pub const fn challenge_is_hex(mut self, least: usize, most: usize) -> Self {
        self.hex = Some((least, most));
        self
    }

    /// The challenge is the secret that deliveries will be signed with: it is handed to the receiver's
    /// `secret_sink`, and refused where there is none.
    pub const fn delivers_secret(mut self) -> Self {
        self.delivers_secret = true;
        self
    }

    /// Answered with this status. Default 200.
    pub const fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// Answered with the challenge as plain text.
    pub const fn echoed(mut self) -> Self {
        self.content_type = Some("text/plain; charset=utf-8");
        self.body = &[Said::Challenge];
        self
    }

    /// Answered with this plain text.
    pub const fn text(mut self, body: &'static [Said]) -> Self {
        self.content_type = Some("text/plain; charset=utf-8");
        self.body = body;
        self
    }

    /// Answered with this JSON.
    pub const fn json(mut self, body: &'static [Said]) -> Self {
        self.content_type = Some("application/json");
        self.body = body;
        self
    }

    /// Answered with these header fields.
    pub const fn headers(mut self, headers: &'static [(&'static str, Said)]) -> Self {
        self.headers = headers;
        self
    }

    /// Whether it comes without a signature, and its body has to be looked at to know it.
    pub(crate) fn is_told_by_body(&self) -> bool {
        let in_body = |place: Place| matches!(place.source, Source::Json(_) | Source::JsonInteger(_));
        let asks = |when: &When| match when {
            When::Is(place, _) | When::IsInteger(place, _) | When::IsConfigured(place, _) => in_body(*place),
            When::Absent(_) => true,
        };
        !self.signed && (self.challenge.is_some_and(in_body) || self.when.iter().any(asks))
    }

    /// Whether text has the shape of its challenge. What goes under a MAC is short and plain, however it is described.
    pub(crate) fn may_be_challenge(&self, text: &[u8]) -> bool {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let of_hex = |(least, most)| (least..=most).contains(&text.len()) && text.iter().all(hex);
        let may_be_signed = !self.makes_macs() || (1..=128).contains(&text.len()) && text.iter().all(plain);
        may_be_signed && self.hex.is_none_or(of_hex)
    }

    /// Whether this text is put under a MAC for whoever asks: it must be no delivery.
    pub(crate) fn macs(&self, text: &[u8]) -> bool {
        self.makes_macs() && self.may_be_challenge(text)
    }

    /// Whether somebody else's text goes under a MAC.
    pub(crate) fn makes_macs(&self) -> bool {
        let is_mac = |said: &Said| matches!(said, Said::Mac(_));
        self.body.iter().any(is_mac) || self.headers.iter().any(|(_, said)| is_mac(said))
    }
}
