//! Verifications written by hand that find out as much as hookgate's do: the method and the coding are looked at,
//! fields that come twice must agree, all candidates are compared under all keys, the timestamp is read strictly, and
//! what is returned owns the id, the type and the body.

use std::sync::Arc;

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use hmac::{Hmac, Mac};
use hookgate::UnixTime;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::verify::Request;

/// What a verification found out.
pub struct Facts {
    pub provider: &'static str,
    pub id: Option<Text>,
    pub event_type: Option<Text>,
    pub timestamp: Option<i64>,
    pub content: [u8; 32],
    pub key: usize,
    pub body: Bytes,
    pub tenant: Option<Arc<str>>,
}

impl Facts {
    /// What the signature tells: the key, and the MAC that names the content.
    fn of(provider: &'static str, (key, content): (usize, [u8; 32]), request: &Request) -> Self {
        let body = request.body.clone();
        Self { provider, id: None, event_type: None, timestamp: None, content, key, body, tenant: None }
    }
}

/// By these keys, of a request with this method, at this time.
pub type Verify = fn(&[Hmac<Sha256>], &str, &Request, UnixTime) -> Option<Facts>;

/// A short text in place.
pub struct Text(pub [u8; 40], pub usize);

impl Text {
    fn new(value: &[u8]) -> Option<Self> {
        std::str::from_utf8(value).ok()?;
        let mut text = [0; 40];
        text.get_mut(..value.len())?.copy_from_slice(value);
        Some(Self(text, value.len()))
    }
}

/// The most candidate signatures of a request.
const MOST: usize = 16;

/// Candidate signatures.
struct Candidates([[u8; 32]; MOST], usize);

impl Candidates {
    fn new() -> Self {
        Self([[0; 32]; MOST], 0)
    }

    fn add(&mut self, decode: impl FnOnce(&mut [u8; 32]) -> bool) -> Option<()> {
        let place = self.0.get_mut(self.1)?;
        if decode(place) {
            self.1 += 1;
        }
        Some(())
    }

    /// The key that made one of these, and the MAC.
    fn made_by(&self, keys: &[Hmac<Sha256>], pieces: &[&[u8]]) -> Option<(usize, [u8; 32])> {
        let mut found = None;
        for (place, key) in keys.iter().enumerate() {
            let mut mac = key.clone();
            pieces.iter().for_each(|piece| mac.update(piece));
            let mac: [u8; 32] = mac.finalize().into_bytes().into();
            let any = self.0[..self.1].iter().fold(0, |any, one| any | mac.ct_eq(one).unwrap_u8());
            if any == 1 && found.is_none() {
                found = Some((place, mac));
            }
        }
        found
    }
}

/// The one value of a field; `None` where several contradict each other.
fn one<'a>(request: &'a Request, name: &'static str) -> Option<Option<&'a [u8]>> {
    let mut values = request.headers.get_all(name).iter().map(|value| value.as_bytes());
    let first = values.next();
    values.all(|value| Some(value) == first).then_some(first)
}

fn seconds(text: &[u8]) -> Option<i64> {
    let canonical = matches!(text, [b'0'] | [b'1'..=b'9', ..]) && text.len() <= 12;
    canonical.then_some(())?;
    text.iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// Within five minutes of now.
pub(crate) fn fresh(seconds: i64, now: UnixTime) -> bool {
    (now.as_secs() - seconds).abs() <= 300
}

fn may_be(method: &str, request: &Request) -> Option<()> {
    (method == "POST" && one(request, "content-encoding")?.is_none()).then_some(())
}

pub fn github(keys: &[Hmac<Sha256>], method: &str, request: &Request, _: UnixTime) -> Option<Facts> {
    may_be(method, request)?;
    let value = one(request, "x-hub-signature-256")??.strip_prefix(b"sha256=")?;
    let mut candidates = Candidates::new();
    candidates.add(|place| const_hex::decode_to_slice(value, place).is_ok())?;
    let found = candidates.made_by(keys, &[&request.body])?;
    Some(Facts {
        id: one(request, "x-github-delivery")?.and_then(Text::new),
        event_type: one(request, "x-github-event")?.and_then(Text::new),
        ..Facts::of("github", found, request)
    })
}

pub fn stripe(keys: &[Hmac<Sha256>], method: &str, request: &Request, now: UnixTime) -> Option<Facts> {
    may_be(method, request)?;
    let (mut candidates, mut timestamp) = (Candidates::new(), None);
    for element in one(request, "stripe-signature")??.split(|byte| *byte == b',') {
        let assign = element.iter().position(|byte| *byte == b'=')?;
        match (&element[..assign], &element[assign + 1..]) {
            (b"t", _) if timestamp.is_some() => return None,
            (b"t", text) => timestamp = Some(text),
            (b"v1", text) => candidates.add(|place| const_hex::decode_to_slice(text, place).is_ok())?,
            _ => {}
        }
    }
    let signed_at = seconds(timestamp?).filter(|seconds| fresh(*seconds, now))?;
    let found = candidates.made_by(keys, &[timestamp?, b".", &request.body])?;
    Some(Facts { timestamp: Some(signed_at), ..Facts::of("stripe", found, request) })
}

pub fn standard(keys: &[Hmac<Sha256>], method: &str, request: &Request, now: UnixTime) -> Option<Facts> {
    may_be(method, request)?;
    let mut candidates = Candidates::new();
    for element in one(request, "webhook-signature")??.split(|byte| *byte == b' ') {
        if let Some(text) = element.strip_prefix(b"v1,") {
            candidates.add(|place| Base64::decode(text, place).is_ok_and(|bytes| bytes.len() == 32))?;
        }
    }
    let timestamp = one(request, "webhook-timestamp")??;
    let signed_at = seconds(timestamp).filter(|seconds| fresh(*seconds, now))?;
    let id = one(request, "webhook-id")??;
    if id.is_empty() || id.contains(&b'.') {
        return None;
    }
    let text = Text::new(id)?;
    let found = candidates.made_by(keys, &[id, b".", timestamp, b".", &request.body])?;
    Some(Facts {
        id: Some(text),
        timestamp: Some(signed_at),
        ..Facts::of("standard-webhooks", found, request)
    })
}
