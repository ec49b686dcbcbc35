//! Row 4: what providers ask before they send events.

use hookgate::{
    Provider,
    providers::{Meta, Slack},
    testing::Signer,
};

use super::{Case, Expect, event, without};
use crate::{
    support::{NOW, SECRET, wire},
    world::World,
};

pub fn all() -> Vec<Case> {
    let meta = |world: &World| world.of(Meta::SCHEME).secret(SECRET).config("verify_token", "right");
    let slack = |body: &str| {
        let signer = Signer::new::<Slack>(SECRET).at(NOW).target("/hooks");
        wire(&signer.sign(body.to_owned()).expect("signed"))
    };
    let ask = |query: &str| {
        let head = format!("GET /hooks?hub.mode=subscribe&{query} HTTP/1.1\r\nhost: localhost\r\n");
        format!("{head}connection: close\r\n\r\n").into_bytes()
    };
    let asked = r#"{"type":"url_verification","challenge":"abc"}"#;
    let mut cases = vec![
        Case::new("OUT-09 a challenge with its verify token", meta)
            .send(ask("hub.verify_token=right&hub.challenge=17"), Expect::Challenge("17"))
            .send(ask("hub.verify_token=wrong&hub.challenge=17"), Expect::Gate(405))
            .send(ask("hub.verify_token=right&hub.challenge=%3Cb%3E"), Expect::Gate(405))
            .ends(0, &[("handshake", "", 1), ("rejected", "method_not_allowed", 2)]),
        Case::new("OUT-09 a challenge that is signed", |world| world.of(Slack::SCHEME).secret(SECRET))
            .send(slack(asked), Expect::Challenge("abc"))
            .send(wire(&without(event(), "stripe-signature")), Expect::Gate(401))
            .ends(0, &[("handshake", "", 1), ("rejected", "signature_missing", 1)]),
    ];
    cases.iter_mut().for_each(|case| case.store = false);
    cases
}
