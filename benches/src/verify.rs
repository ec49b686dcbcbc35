//! Deliveries to verify, and hand-written verifications that do nothing beyond need.

use std::hint::black_box;

use base64ct::{Base64, Encoding};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hookgate::{
    Head, Provider, UnixTime, Verifier,
    providers::{GitHub, StandardWebhooks, Stripe},
    testing::Signer,
};
use http::{HeaderMap, HeaderName};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::by_hand;

pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
pub const STANDARD_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub const SECRET: &str = "whsec_test_0123456789abcdef0123456789abcdef";

/// A delivery as a server has it: a header map and a body in one piece.
pub struct Request {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn head(&self) -> Head<'_> {
        Head::new("POST", "/hooks", &self.headers)
    }
}

/// A JSON body of about this size.
pub fn body(size: usize) -> String {
    let mut body =
        String::from(r#"{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","type":"invoice.paid","data":{"lines":["#);
    while body.len() + 60 < size {
        body.push_str(r#"{"amount":1999,"currency":"eur","paid":true},"#);
    }
    body.push_str("null]}}");
    while body.len() < size {
        body.push(' ');
    }
    body
}

pub fn request<P: Provider>(secret: &str, size: usize) -> Request {
    let signer = Signer::new::<P>(secret).at(NOW).id("msg_2KWPBgLlAfxdpx2AI54pPJ85f4W").target("/hooks");
    // The id of Stripe's is in the body already.
    let signer =
        if P::SCHEME.name() == "stripe" { Signer::new::<P>(secret).at(NOW).target("/hooks") } else { signer };
    let signed = signer
        .header("content-type", "application/json")
        .header("user-agent", "bench")
        .sign(body(size))
        .unwrap();
    let mut headers = HeaderMap::new();
    for (name, value) in signed.headers() {
        headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    Request { headers, body: signed.body().clone() }
}

pub fn verifier<P: Provider>(secret: &str) -> Verifier {
    Verifier::builder::<P>().secret(secret).build().unwrap()
}

/// A scheme's verification of one delivery, one by hand that finds out as much, and the least that it can be.
pub struct Case {
    pub scheme: &'static str,
    verifier: Verifier,
    request: Request,
    floor: Floor,
    least: fn(&Floor, &Request, UnixTime) -> bool,
    by_hand: by_hand::Verify,
}

impl Case {
    fn new<P: Provider>(
        secret: &str,
        size: usize,
        floor: Floor,
        least: fn(&Floor, &Request, UnixTime) -> bool,
        by_hand: by_hand::Verify,
    ) -> Self {
        let (verifier, request) = (verifier::<P>(secret), request::<P>(secret, size));
        let case = Self { scheme: P::SCHEME.name(), verifier, request, floor, least, by_hand };
        assert!(case.verify() && case.by_hand() && case.floor());
        case
    }

    /// Whether the delivery is authentic.
    pub fn verify(&self) -> bool {
        let request = black_box(&self.request);
        self.verifier.verify(request.head(), request.body.clone(), NOW).is_ok()
    }

    /// The same, by hand.
    pub fn by_hand(&self) -> bool {
        let keys = std::slice::from_ref(&self.floor.0);
        black_box((self.by_hand)(keys, black_box("POST"), black_box(&self.request), NOW)).is_some()
    }

    /// The same, by the floor.
    pub fn floor(&self) -> bool {
        (self.least)(&self.floor, black_box(&self.request), NOW)
    }
}

/// Each scheme that has a budget, with a body of this size.
pub fn cases(size: usize) -> [Case; 3] {
    [
        Case::new::<GitHub>(SECRET, size, Floor::text(), Floor::github, by_hand::github),
        Case::new::<Stripe>(SECRET, size, Floor::text(), Floor::stripe, by_hand::stripe),
        Case::new::<StandardWebhooks>(
            STANDARD_SECRET,
            size,
            Floor::base64(),
            Floor::standard,
            by_hand::standard,
        ),
    ]
}

pub fn standard(size: usize) -> (Verifier, Request) {
    (verifier::<StandardWebhooks>(STANDARD_SECRET), request::<StandardWebhooks>(STANDARD_SECRET, size))
}

/// A MAC whose key is prepared, and the comparison: the least that a verification can be.
pub struct Floor(Hmac<Sha256>);

impl Floor {
    pub fn text() -> Self {
        Self(Hmac::new_from_slice(SECRET.as_bytes()).unwrap())
    }

    pub fn base64() -> Self {
        Self(Hmac::new_from_slice(&Base64::decode_vec(&STANDARD_SECRET[6..]).unwrap()).unwrap())
    }

    fn equal(mac: Hmac<Sha256>, signature: &[u8]) -> bool {
        mac.finalize().into_bytes().ct_eq(signature).into()
    }

    fn fresh(timestamp: &[u8], now: UnixTime) -> bool {
        let seconds = timestamp.iter().fold(0_i64, |number, digit| number * 10 + i64::from(digit - b'0'));
        by_hand::fresh(seconds, now)
    }

    pub fn github(&self, request: &Request, _: UnixTime) -> bool {
        let header = request.headers.get("x-hub-signature-256").unwrap().as_bytes();
        let mut signature = [0; 32];
        const_hex::decode_to_slice(header.strip_prefix(b"sha256=").unwrap(), &mut signature).unwrap();
        let mut mac = self.0.clone();
        mac.update(&request.body);
        Self::equal(mac, &signature)
    }

    pub fn stripe(&self, request: &Request, now: UnixTime) -> bool {
        let header = request.headers.get("stripe-signature").unwrap().as_bytes();
        let mut parts = header.split(|byte| *byte == b',');
        let timestamp = parts.next().unwrap().strip_prefix(b"t=").unwrap();
        let mut signature = [0; 32];
        const_hex::decode_to_slice(parts.next().unwrap().strip_prefix(b"v1=").unwrap(), &mut signature)
            .unwrap();
        let mut mac = self.0.clone();
        mac.update(timestamp);
        mac.update(b".");
        mac.update(&request.body);
        Self::fresh(timestamp, now) && Self::equal(mac, &signature)
    }

    pub fn standard(&self, request: &Request, now: UnixTime) -> bool {
        let id = request.headers.get("webhook-id").unwrap().as_bytes();
        let timestamp = request.headers.get("webhook-timestamp").unwrap().as_bytes();
        let header = request.headers.get("webhook-signature").unwrap().as_bytes();
        let mut buffer = [0; 32];
        let signature = Base64::decode(header.strip_prefix(b"v1,").unwrap(), &mut buffer).unwrap();
        let mut mac = self.0.clone();
        mac.update(id);
        mac.update(b".");
        mac.update(timestamp);
        mac.update(b".");
        mac.update(&request.body);
        Self::fresh(timestamp, now) && Self::equal(mac, signature)
    }
}
