//! How bodies arrive, and what they are.

use std::time::Duration;

use hookgate::{
    Custom, ReceiverBuilder,
    receiver::{BodyRoom, OnUndecodable},
    testing::SignedRequest,
};

use super::{
    Case, Expect, GZIPPED, Step, announced, busy, chunked, event, ok, sent, signed_body, standard, with,
    without,
};
use crate::{
    support::{github, wire, wire_head},
    wire::Part,
    world::{Handler, World},
};

/// Compressed to 200 KB: 30 MB of zeros, as one zero and copies of 258 that overlap.
fn bomb() -> Vec<u8> {
    let mut bits = vec![true, true, false];
    // The codes of the format's fixed table: literal 0, then length 258 at distance 1.
    let mut code = |text: &str| bits.extend(text.chars().map(|bit| bit == '1'));
    code("00110000");
    (0..120_000).for_each(|_| code("1100010100000"));
    code("0000000");
    let bytes = bits
        .chunks(8)
        .map(|bits| bits.iter().enumerate().fold(0, |byte, (place, bit)| byte | u8::from(*bit) << place));
    // The checksum and the length at the end are looked at after all has been decompressed.
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff].into_iter().chain(bytes).chain([0; 8]).collect()
}

pub fn all() -> Vec<Case> {
    let encoded = |signed: SignedRequest| wire(&with(signed, "content-encoding", "gzip"));
    let limit = |world: &World| world.stripe().body_limit(100);
    let deadline = |world: &World| world.stripe().body_deadline(Duration::from_millis(150));
    let trickle = {
        let head = Part::Bytes(announced("1000"));
        let drops = (0..30).flat_map(|_| [Part::Bytes(b"x".to_vec()), Part::Pause(20)]);
        [head].into_iter().chain(drops).collect::<Vec<_>>()
    };
    let halves = event().body().split_at(event().body().len() / 2).0.len();
    let (first, second) = (event().body().slice(..halves), event().body().slice(halves..));
    let broken = {
        let whole = chunked(&event(), &[&first, &second]);
        whole[..whole.len() - 12].to_vec()
    };
    let long = signed_body(format!(r#"{{"id":"evt_1","fill":"{}"}}"#, "x".repeat(3000)));
    let binary = signed_body(vec![0xff, 0x00, 0xfe, b'{']);
    let late_head =
        [&wire_head(&event())[..], format!("content-length: {}\r\n\r\n", event().body().len()).as_bytes()]
            .concat();
    let (form, json) = ("payload=%7B%22amount%22%3A7%7D", r#"{"amount":7}"#);
    let hub = |body: &'static str, kind: Option<&str>| {
        let signed = without(github("guid-1", body), "content-type");
        wire(&kind.into_iter().fold(signed, |signed, kind| with(signed, "content-type", kind)))
    };
    let labelled = |name: &str, bytes: Vec<u8>| {
        Case::new(format!("CAN-13 {name}"), World::github)
            .handler(Handler::Typed)
            .send(bytes, Expect::Handler(200, b"7".to_vec()))
            .ends(1, &[("handled", "", 1)])
    };
    let deep = || signed_body(format!(r#"{{"id":"evt_1","amount":{}"#, "[".repeat(1_000_000)));
    vec![
        Case::new("LIF-13 a body in chunks", World::stripe)
            .handler(Handler::Echo)
            .send(chunked(&event(), &[&first, &second]), Expect::Handler(200, event().body().to_vec()))
            .ends(1, &[("handled", "", 1)]),
        Case::new("LIF-13 a body of one-byte chunks", World::stripe)
            .handler(Handler::Echo)
            .send(
                chunked(&event(), &event().body().chunks(1).collect::<Vec<_>>()),
                Expect::Handler(200, event().body().to_vec()),
            )
            .ends(1, &[("handled", "", 1)]),
        Case::new("an empty body", World::stripe)
            .handler(Handler::Echo)
            .send(wire(&signed_body("")), ok())
            .send(wire(&signed_body("")), Expect::Gate(200))
            .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("a body that is no text", World::stripe)
            .handler(Handler::Echo)
            .send(wire(&binary), Expect::Handler(200, binary.body().to_vec()))
            .ends(1, &[("handled", "", 1)]),
        Case::new("HTTP-05 a body that breaks off", World::stripe)
            .step(Step::Send(
                vec![Part::Bytes(announced("100")), Part::Pause(30), Part::HalfClose],
                Expect::Server { hyper: &[400], actix: &[400] },
            ))
            .ends_early(&[("rejected", "body_broken", 1)]),
        Case::new("HTTP-05 a body in chunks that breaks off", World::stripe)
            .step(Step::Send(
                vec![Part::Bytes(broken), Part::Pause(30), Part::HalfClose],
                Expect::Server { hyper: &[400], actix: &[400] },
            ))
            .ends_early(&[("rejected", "body_broken", 1)]),
        Case::new("over the limit, as announced", limit)
            .send(wire(&long), Expect::Gate(413))
            .ends_early(&[("rejected", "body_too_large", 1)]),
        Case::new("RES-05 over the limit, in chunks", limit)
            .send(chunked(&long, &long.body().chunks(40).collect::<Vec<_>>()), Expect::Gate(413))
            .ends_early(&[("rejected", "body_too_large", 1)]),
        Case::new("RES-04 10 GB announced", World::stripe)
            .send(announced("10737418240"), Expect::Gate(413))
            .ends_early(&[("rejected", "body_too_large", 1)]),
        Case::new("RES-06 the gate's own limit, where the framework has none", World::stripe)
            .send(announced(&(1024 * 1024 + 1).to_string()), Expect::Gate(413))
            .ends_early(&[("rejected", "body_too_large", 1)]),
        Case::new("RES-02 a body that stalls", deadline)
            .step(Step::Send(vec![Part::Bytes(announced("1000"))], Expect::Gate(408)))
            .ends_early(&[("rejected", "body_too_slow", 1)]),
        Case::new("RES-03 a body that trickles for ever", deadline)
            .step(Step::Send(trickle, Expect::Gate(408)))
            .ends_early(&[("rejected", "body_too_slow", 1)]),
        Case::new("TIM-11 a body that takes so long that its timestamp is stale", World::stripe)
            .step(Step::Late([&late_head[..], &first].concat(), 600, second.to_vec(), Expect::Gate(401)))
            .ends_early(&[("rejected", "too_old", 1)]),
        Case::new("RES-14 no room for more of strangers' bytes", |world| {
            world.stripe().body_room(BodyRoom::new(20))
        })
        .send(sent(), busy())
        .ends_early(&[("refused", "no_room", 1)]),
        Case::new("RES-14 a stranger who stalls gives way", |world| {
            world.stripe().body_room(BodyRoom::new(60))
        })
        .step(Step::Hold([&announced("58")[..], &[b'x'; 50]].concat()))
        .send(sent(), ok())
        .ends(1, &[("refused", "no_room", 1), ("handled", "", 1)]),
        Case::new("CAN-03 a compressed body", World::stripe)
            .send(encoded(signed_body(GZIPPED)), Expect::Gate(415))
            .ends_early(&[("rejected", "content_encoding", 1)]),
        Case::new("CAN-03 a compressed body, allowed: signed as it is on the wire", |world| {
            world.standard().allow_content_encoding()
        })
        .send(encoded(standard("msg_1", GZIPPED)), ok())
        .send(encoded(standard("msg_1", GZIPPED)), Expect::Gate(200))
        .ends(1, &[("handled", "", 1), ("done", "", 1)]),
        Case::new("CAN-03 a compressed body, allowed: signed as it was before", |world| {
            world.standard().allow_content_encoding()
        })
        .send(
            {
                let mut signed = standard("msg_1", r#"{"id":"evt_1"}"#);
                signed = with(signed, "content-encoding", "gzip");
                let mut bytes = wire_head(&signed);
                bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", GZIPPED.len()).as_bytes());
                bytes.extend_from_slice(GZIPPED);
                bytes
            },
            Expect::Gate(401),
        )
        .ends_early(&[("rejected", "signature_mismatch", 1)]),
        Case::new("RES-11 a decompression bomb", World::stripe)
            .send(encoded(signed_body(bomb())), Expect::Gate(415))
            .ends_early(&[("rejected", "content_encoding", 1)]),
        Case::new("RES-11 a decompression bomb, allowed: handed on as it is on the wire", |world| {
            world.standard().allow_content_encoding()
        })
        .handler(Handler::Echo)
        .send(encoded(standard("msg_1", bomb())), Expect::Handler(200, bomb()))
        .ends(1, &[("handled", "", 1)]),
        Case::new("identity is no encoding", World::stripe)
            .send(wire(&with(event(), "content-encoding", "identity")), ok())
            .ends(1, &[("handled", "", 1)]),
        // What a body is, is told by its signed bytes and by the provider's scheme, not by a label.
        labelled("JSON that is called a form", hub(json, Some("application/x-www-form-urlencoded"))),
        labelled("a form that is called JSON", hub(form, Some("application/json"))),
        labelled("JSON that is called nothing", hub(json, None)),
        labelled("a form that is called nothing", hub(form, None)),
        labelled("a form that is called text", hub(form, Some("text/html; charset=utf-16"))),
        Case::new("CAN-13 a form, of a provider that sends none", World::stripe)
            .handler(Handler::Typed)
            .send(
                wire(&with(
                    signed_body("id=evt_1&amount=7"),
                    "content-type",
                    "application/x-www-form-urlencoded",
                )),
                Expect::Server { hyper: &[422], actix: &[422] },
            )
            .ends(0, &[("undecodable", "undecodable", 1)]),
        Case::new("RES-13 JSON that is nested a million deep", World::stripe)
            .handler(Handler::Typed)
            .send(wire(&deep()), Expect::Server { hyper: &[422], actix: &[422] })
            .ends(0, &[("undecodable", "undecodable", 1)]),
        Case::new("PAY-01 authentic, and not what the handler wants", World::stripe_with_letters)
            .handler(Handler::Typed)
            .send(wire(&signed_body("not json")), Expect::Server { hyper: &[422], actix: &[422] })
            .send(wire(&signed_body("not json")), Expect::Server { hyper: &[422], actix: &[422] })
            .send(wire(&signed_body(r#"{"id":"evt_1","amount":7}"#)), Expect::Handler(200, b"7".to_vec()))
            .ends(1, &[("undecodable", "undecodable", 2), ("handled", "", 1)])
            .letters(2),
        Case::new("PAY-01 authentic, not what the handler wants, and given up", letters_given_up)
            .handler(Handler::Typed)
            .send(sent(), Expect::Gate(200))
            .send(sent(), Expect::Gate(200))
            .ends(0, &[("given_up", "undecodable", 1), ("done", "", 1)])
            .letters(1),
        Case::new("not what the handler wants, which handles it all the same", letters_given_up)
            .handler(Handler::Lenient(200))
            .send(sent(), Expect::Handler(200, vec![]))
            .send(sent(), Expect::Gate(200))
            .ends(0, &[("handled", "", 1), ("done", "", 1)])
            .letters(0),
        Case::new("not what the handler wants, which says so in its own way", World::stripe_with_letters)
            .handler(Handler::Lenient(400))
            .send(sent(), Expect::Handler(400, vec![]))
            .send(sent(), Expect::Handler(400, vec![]))
            .ends(0, &[("undecodable", "undecodable", 2)])
            .letters(2),
        Case::new("not what the handler wants, which says so in its own way, and given up", letters_given_up)
            .handler(Handler::Lenient(400))
            .send(sent(), Expect::Gate(200))
            .send(sent(), Expect::Gate(200))
            .ends(0, &[("given_up", "undecodable", 1), ("done", "", 1)])
            .letters(1),
        Case::new("not what the handler wants, which fails over it", letters_given_up)
            .handler(Handler::Lenient(500))
            .send(sent(), Expect::Handler(500, vec![]))
            .ends(0, &[("released", "answered_5xx", 1)])
            .letters(0),
        Case::new("not what the handler wants, which marks it and asks for another try", letters_given_up)
            .handler(Handler::Marked(503))
            .send(sent(), Expect::Handler(503, vec![]))
            .send(sent(), Expect::Handler(503, vec![]))
            .ends(0, &[("released", "answered_5xx", 2)])
            .letters(0),
        Case::new("not what the handler wants, which marks it and handles it all the same", letters_given_up)
            .handler(Handler::Marked(200))
            .send(sent(), Expect::Handler(200, vec![]))
            .send(sent(), Expect::Gate(200))
            .ends(0, &[("handled", "", 1), ("done", "", 1)])
            .letters(0),
        Case::new("not what the handler wants first, and then it does", letters_given_up)
            .handler(Handler::SecondChoice)
            .send(sent(), Expect::Handler(404, vec![]))
            .ends(0, &[("released", "answered_4xx", 1)])
            .letters(0),
        Case::new("not what the handler wants second, which had what it wanted", letters_given_up)
            .handler(Handler::FirstChoice)
            .send(sent(), Expect::Handler(404, vec![]))
            .ends(0, &[("released", "answered_4xx", 1)])
            .letters(0),
        Case::new("an id that is no id", World::stripe)
            .send(wire(&signed_body(r#"{"id":17}"#)), Expect::Gate(422))
            .ends(0, &[("undecodable", "id_invalid", 1)]),
    ]
}

fn letters_given_up(world: &World) -> ReceiverBuilder<Custom> {
    world.stripe_with_letters().on_undecodable(OnUndecodable::CompleteAsFailed)
}
