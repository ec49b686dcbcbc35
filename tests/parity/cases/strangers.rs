//! Row 1 of the decision table, and what is not even that.

use hookgate::testing::SignedRequest;

use super::{
    Case, Expect, PUBLIC, WITH_URL, aimed, chunked, event, ok, sent, signed_body, with, with_url, without,
};
use crate::{
    support::{SECRET, forgeries, github, wire, wire_head},
    world::World,
};

pub fn all() -> Vec<Case> {
    let signature = event().headers()[0].1.clone();
    let reasons = [
        "signature_missing",
        "signature_repeated",
        "signature_malformed",
        "signature_malformed",
        "timestamp_missing",
        "signature_missing",
        "timestamp_malformed",
        "signature_mismatch",
        "too_many_signatures",
        "signature_too_long",
        "signature_mismatch",
        "signature_mismatch",
        "too_old",
        "from_the_future",
    ];
    let mut cases: Vec<Case> = forgeries()
        .iter()
        .zip(reasons)
        .map(|((name, forged), reason)| Case::stranger(format!("forged: {name}"), wire(forged), reason))
        .collect();
    let unsigned = || without(event(), "stripe-signature");
    let named = |name: &str, value: &[u8]| {
        let head = wire_head(&unsigned());
        let length = format!("content-length: {}\r\n\r\n", event().body().len());
        [&head[..], name.as_bytes(), b": ", value, b"\r\n", length.as_bytes(), event().body()].concat()
    };
    let twice = |first: &str, second: &str| {
        let mut signed = unsigned();
        signed.headers_mut().push(("stripe-signature".to_owned(), first.to_owned()));
        signed.headers_mut().push(("stripe-signature".to_owned(), second.to_owned()));
        wire(&signed)
    };
    let wrong = format!("t=1700000000,v1={}", "0".repeat(64));
    let in_query = format!("POST /hooks?stripe-signature={signature} HTTP/1.1");
    let bare = wire(&unsigned());
    let in_body = signed_body(format!(r#"{{"id":"evt_1","stripe-signature":"{signature}"}}"#));
    let trailer = {
        let whole = chunked(&unsigned(), &[event().body()]);
        let end = whole.len() - 2;
        [&whole[..end], b"stripe-signature: ", signature.as_bytes(), b"\r\n\r\n"].concat()
    };
    cases.extend([
        Case::stranger("SIG-01 signature header missing", bare.clone(), "signature_missing"),
        // Nothing of the body is ever sent, and the answer is there.
        Case::stranger(
            "SIG-01 signature header missing, told before the body is read",
            [&wire_head(&unsigned())[..], b"content-length: 1000\r\n\r\n"].concat(),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-02 signature header empty",
            named("stripe-signature", b""),
            "signature_malformed",
        ),
        Case::stranger(
            "SIG-08 header bytes that are no text",
            named("stripe-signature", b"\xff\xfe"),
            "signature_malformed",
        ),
        Case::stranger("SIG-15 valid, then invalid", twice(&signature, &wrong), "signature_repeated"),
        Case::stranger("SIG-15 invalid, then valid", twice(&wrong, &signature), "signature_repeated"),
        Case::stranger("SIG-21 signature in the query", aimed(bare.clone(), &in_query), "signature_missing"),
        Case::stranger(
            "SIG-21 signature in a cookie",
            named("cookie", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-21 signature in the body",
            wire(&without(in_body, "stripe-signature")),
            "signature_missing",
        ),
        Case::stranger("SIG-21 signature in a trailer", trailer, "signature_missing"),
        Case::stranger(
            "SIG-22 underscores",
            named("stripe_signature", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-22 one more letter",
            named("stripe-signature2", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "SIG-22 another header",
            named("x-original-stripe-signature", signature.as_bytes()),
            "signature_missing",
        ),
        Case::stranger(
            "RES-07 a signature header of 120 KB",
            named("stripe-signature", &b"v1=00,".repeat(20_000)),
            "signature_too_long",
        ),
        Case::stranger(
            "OUT-05 markup where the signature should be",
            named("stripe-signature", b"<script>alert(1)</script>"),
            "signature_malformed",
        ),
        Case::stranger(
            "an old signature under a new time",
            wire(&with(event(), "stripe-signature", &signature.replace("t=1700000000", "t=1700000100"))),
            "signature_mismatch",
        ),
        Case::stranger(
            "a body of another event",
            {
                let mut bytes = sent();
                let at = bytes.len() - 20;
                bytes[at] ^= 1;
                bytes
            },
            "signature_mismatch",
        ),
        Case::new("SIG-22 a space before the colon", World::stripe)
            .send(
                named("stripe-signature ", signature.as_bytes()),
                Expect::Server { hyper: &[400], actix: &[400] },
            )
            .ends_early(&[]),
    ]);
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH"] {
        let bytes = aimed(sent(), &format!("{method} /hooks HTTP/1.1"));
        cases.push(
            Case::new(format!("CAN-12 {method}"), World::stripe)
                .send(bytes, Expect::Gate(405))
                .ends_early(&[("rejected", "method_not_allowed", 1)]),
        );
    }
    cases.extend([
        Case::new("CAN-12 HEAD", World::stripe)
            .send(aimed(sent(), "HEAD /hooks HTTP/1.1"), Expect::Server { hyper: &[405], actix: &[405] })
            .ends_early(&[("rejected", "method_not_allowed", 1)]),
        Case::stranger(
            "CAN-12 a method in a header",
            wire(&with(unsigned(), "x-http-method-override", "GET")),
            "signature_missing",
        ),
        Case::new("CAN-12 the right method in a header, and not in the request line", World::stripe)
            .send(
                aimed(wire(&with(event(), "x-http-method-override", "POST")), "GET /hooks HTTP/1.1"),
                Expect::Gate(405),
            )
            .ends_early(&[("rejected", "method_not_allowed", 1)]),
        Case::new("DED-02 an unsigned id that a stranger tried to take", World::github)
            .send(wire(&without(github("guid-1", "{}"), "x-hub-signature-256")), Expect::Gate(401))
            .send(wire(&github("guid-1", "{}")), ok())
            .ends(1, &[("rejected", "signature_missing", 1), ("handled", "", 1)]),
        Case::new("DED-02 an id that a stranger tried to take", World::stripe)
            .send(bare, Expect::Gate(401))
            .send(sent(), ok())
            .ends(1, &[("rejected", "signature_missing", 1), ("handled", "", 1)]),
        Case::new("KEY-16 a route that is not behind the gate", World::stripe)
            .send(aimed(sent(), "POST /open HTTP/1.1"), Expect::Server { hyper: &[500], actix: &[500] })
            .ends_early(&[]),
        Case::new("a path that nobody serves", World::stripe)
            .send(aimed(sent(), "POST /unknown HTTP/1.1"), Expect::Server { hyper: &[404], actix: &[404] })
            .ends_early(&[]),
    ]);
    cases.extend(urls());
    cases
}

/// A URL that is signed is the one that the receiver is configured with, whatever a request says of itself.
fn urls() -> Vec<Case> {
    let spoofed = |signed: SignedRequest, line: &str| {
        let signed = with(with(signed, "x-forwarded-host", "evil.example"), "x-forwarded-proto", "http");
        let signed = with(signed, "forwarded", "host=evil.example;proto=http");
        let bytes = aimed(wire(&signed), line);
        String::from_utf8(bytes).expect("text").replace("host: localhost", "host: evil.example").into_bytes()
    };
    let line = "POST /hooks?a=1 HTTP/1.1";
    let absolute = "POST http://evil.example/hooks?a=1 HTTP/1.1";
    let evil = || with_url("http://evil.example", "/hooks?a=1");
    [
        ("CAN-06 the configured URL, whatever headers say", with_url(PUBLIC, "/hooks?a=1"), line, true),
        (
            "CAN-06 the configured URL, whatever the target says",
            with_url(PUBLIC, "/hooks?a=1"),
            absolute,
            true,
        ),
        ("CAN-06 a signature over the spoofed host", evil(), line, false),
        ("CAN-06 a signature over the spoofed target", evil(), absolute, false),
        ("CAN-06 a signature over another query", with_url(PUBLIC, "/hooks?a=2"), line, false),
    ]
    .into_iter()
    .map(|(name, signed, line, genuine)| {
        let case = Case::new(name, |world| world.of(WITH_URL).secret(SECRET).public_url(PUBLIC));
        match genuine {
            true => case.send(spoofed(signed, line), ok()).ends(1, &[("handled", "", 1)]),
            false => case.send(spoofed(signed, line), Expect::Gate(401)).ends_early(&[(
                "rejected",
                "signature_mismatch",
                1,
            )]),
        }
    })
    .collect()
}
