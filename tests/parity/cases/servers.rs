//! What the frameworks' servers make of odd HTTP. The gate only sees what they let through, and hashes
//! exactly the bytes that the handler gets.

use super::{Case, Expect, aimed, chunked, event, sent, without};
use crate::{
    support::{wire, wire_head},
    world::World,
};

pub fn all() -> Vec<Case> {
    let head = || wire_head(&event());
    let lengths = |lengths: &[&str]| {
        let lines: String = lengths.iter().map(|length| format!("content-length: {length}\r\n")).collect();
        [&head()[..], lines.as_bytes(), b"\r\n", event().body()].concat()
    };
    let coded = |coding: &str| {
        let chunk = format!("{:x}\r\n", event().body().len());
        let line = format!("transfer-encoding: {coding}\r\n\r\n");
        [&head()[..], line.as_bytes(), chunk.as_bytes(), event().body(), b"\r\n0\r\n\r\n"].concat()
    };
    let bad = || Expect::Server { hyper: &[400], actix: &[400] };
    let server = |name: &str, bytes: Vec<u8>, expect: Expect| {
        Case::new(name, World::stripe).send(bytes, expect).ends_early(&[])
    };
    let keep = |bytes: Vec<u8>| {
        String::from_utf8(bytes).expect("text").replace("connection: close\r\n", "").into_bytes()
    };
    let forged = wire(&without(event(), "stripe-signature"));
    let both = {
        let line = b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunk = format!("{:x}\r\n", event().body().len());
        [&head()[..], line, chunk.as_bytes(), event().body(), b"\r\n0\r\n\r\n"].concat()
    };
    let many = {
        let lines: String = (0..200).map(|number| format!("x-fill-{number}: 1\r\n")).collect();
        [&head()[..], lines.as_bytes(), b"\r\n"].concat()
    };
    let huge = [&head()[..], b"x-fill: ", &vec![b'x'; 1_000_000], b"\r\n\r\n"].concat();
    let expecting = [
        &wire_head(&without(event(), "stripe-signature"))[..],
        b"expect: 100-continue\r\ncontent-length: 36\r\n\r\n",
    ]
    .concat();
    let bad_chunk = |size: &str| {
        [&head()[..], b"transfer-encoding: chunked\r\n\r\n", size.as_bytes(), b"\r\n{\r\n0\r\n\r\n"].concat()
    };
    let sized = |end: &str| {
        let size = format!("transfer-encoding: chunked\r\n\r\n{:x}{end}", event().body().len());
        [&head()[..], size.as_bytes(), event().body(), b"\r\n0\r\n\r\n"].concat()
    };
    vec![
        Case::new("HTTP-01 a length and chunks: the chunks count, or neither", World::stripe)
            .send(both, Expect::Server { hyper: &[200], actix: &[400] }),
        server("HTTP-02 two lengths", lengths(&["2", "36"]), bad()),
        server("HTTP-02 a list of lengths", lengths(&["36, 36"]), bad()),
        server("HTTP-02 a length with a sign", lengths(&["+36"]), bad()),
        server("HTTP-02 a negative length", lengths(&["-1"]), bad()),
        server("HTTP-02 a length beyond 64 bits", lengths(&["99999999999999999999999"]), bad()),
        server("HTTP-03 a coding that nobody knows", coded("xchunked"), bad()),
        server("HTTP-03 chunked, but not last", coded("chunked, identity"), bad()),
        server(
            "HTTP-03 chunks in HTTP/1.0",
            aimed(chunked(&event(), &[event().body()]), "POST /hooks HTTP/1.0"),
            bad(),
        ),
        server("HTTP-04 a chunk size beyond 64 bits", bad_chunk("fffffffffffffffff"), bad()),
        server("HTTP-04 a chunk size that is no number", bad_chunk("xyz"), bad()),
        server("HTTP-04 a chunk size that ends in a bare line feed", sized("\n"), bad()),
        Case::new("HTTP-04 an extension of 20 KB is no part of the body", World::stripe).send(
            sized(&format!(";fill={}\r\n", "x".repeat(20_000))),
            Expect::Server { hyper: &[400], actix: &[200] },
        ),
        server(
            "HTTP-06 more headers than a server takes",
            many,
            Expect::Server { hyper: &[431], actix: &[431] },
        ),
        server("RES-08 a header of 1 MB", huge, Expect::Server { hyper: &[431], actix: &[431] }),
        Case::new("HTTP-07 a second request in the same segment is judged by itself", World::stripe)
            .send(
                [keep(sent()), forged.clone()].concat(),
                Expect::Each { hyper: &[200, 401], actix: &[200, 401] },
            )
            .ends(1, &[("handled", "", 1), ("rejected", "signature_missing", 1)]),
        Case::new("HTTP-07 and the other way round", World::stripe)
            .send([keep(forged), sent()].concat(), Expect::Each { hyper: &[401, 200], actix: &[401, 200] })
            .ends(1, &[("handled", "", 1), ("rejected", "signature_missing", 1)]),
        Case::new("HTTP-08 a stranger that waits to be told to go on", World::stripe)
            .send(expecting, Expect::Each { hyper: &[401], actix: &[100, 401] })
            .ends_early(&[("rejected", "signature_missing", 1)]),
    ]
}
