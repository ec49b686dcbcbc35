//! HMAC schemes judged a second time, by plain `hmac` over a message put together here: the verdicts agree.

#![no_main]

use arbitrary::Arbitrary;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use hookgate::{
    Provider, UnixTime, Verifier,
    providers::{GitHub, Shopify, Slack, StandardWebhooks, Stripe},
    scheme::{
        BodyHash, HashEncoding,
        Part::{self, Body, BodyDigest, Config, Header, Lit, Method, Optional, Path, Timestamp, Url},
        Scheme, header,
    },
};
use hookgate_fuzz::{NOW, OTHER, SECRET, Wire};
use libfuzzer_sys::fuzz_target;
use sha2::Digest;

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    kind: Kind,
    /// What the signature's header says, piece by piece.
    signature: Vec<Piece<'a>>,
    /// The same field, or the same under its other name, once more.
    again: Option<Vec<Piece<'a>>>,
    time: Time<'a>,
    a: Option<&'a [u8]>,
    b: Option<&'a [u8]>,
    chunks: [u8; 3],
    body: &'a [u8],
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Kind {
    GitHub,
    Shopify,
    Slack,
    Stripe,
    StandardWebhooks,
    Any { hash: u8, parts: u8, form: u8, encoding: Encoding },
}

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq)]
enum Encoding {
    Hex,
    Base64,
    Base64Url,
}

#[derive(Arbitrary, Debug)]
enum Piece<'a> {
    /// What the scheme has in front of a signature.
    Mark,
    Time,
    Text(&'a [u8]),
    Tag {
        writing: Writing,
        change: Change,
    },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Writing {
    AsItShould,
    Hex,
    Upper,
    Base64,
    Base64NoPad,
    Base64Url,
    Base64UrlPad,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Change {
    None,
    /// With the second secret.
    Second,
    /// With nobody's secret.
    Wrong,
    Flip(u8),
    Cut(u8),
    OfBodyAlone,
}

#[derive(Arbitrary, Debug)]
enum Time<'a> {
    None,
    /// So many seconds from now.
    From(i16),
    Text(&'a [u8]),
}

const LISTS: [&[Part]; 10] = [
    &[Body],
    &[Timestamp, Lit("."), Body],
    &[Lit("v0:"), Timestamp, Lit(":"), Body],
    &[Header("x-a"), Lit("|"), Header("x-b")],
    &[Method, Lit("\n"), Path, Lit("\n"), BodyDigest(BodyHash::Sha256, HashEncoding::Hex)],
    &[Url, Body],
    &[Body, Header("x-a")],
    &[Optional(&[Lit("a:"), Header("x-a")]), Body],
    &[Config("app_key"), Header("x-a"), Lit("--"), Body, Lit("--"), Header("x-b")],
    &[Timestamp, Header("x-a"), Lit("."), BodyDigest(BodyHash::Sha256, HashEncoding::Raw)],
];

/// A scheme as this file understands it.
struct Known {
    scheme: Scheme,
    names: [&'static str; 2],
    hash: u8,
    parts: &'static [Part],
    encoding: Encoding,
    form: Form,
    /// Where the time is, but in a list.
    time: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Prefixed(&'static str),
    /// Separator, assignment, key, and the key of the time.
    Pairs(u8, u8, &'static str, Option<&'static str>),
}

fn known(kind: Kind) -> Known {
    let plain = |scheme: Scheme, names, encoding, form| Known {
        scheme,
        names,
        hash: 1,
        parts: &[Body],
        encoding,
        form,
        time: None,
    };
    match kind {
        Kind::GitHub => {
            plain(GitHub::SCHEME, ["x-hub-signature-256"; 2], Encoding::Hex, Form::Prefixed("sha256="))
        }
        Kind::Shopify => plain(
            Shopify::SCHEME,
            ["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
            Encoding::Base64,
            Form::Prefixed(""),
        ),
        Kind::Slack => Known {
            parts: &[Lit("v0:"), Timestamp, Lit(":"), Body],
            time: Some("x-slack-request-timestamp"),
            ..plain(Slack::SCHEME, ["x-slack-signature"; 2], Encoding::Hex, Form::Prefixed("v0="))
        },
        Kind::Stripe => Known {
            parts: &[Timestamp, Lit("."), Body],
            ..plain(
                Stripe::SCHEME,
                ["stripe-signature"; 2],
                Encoding::Hex,
                Form::Pairs(b',', b'=', "v1", Some("t")),
            )
        },
        Kind::StandardWebhooks => Known {
            // The id is a header like any other but that it must not be empty.
            parts: &[Header("webhook-id"), Lit("."), Timestamp, Lit("."), Body],
            time: Some("webhook-timestamp"),
            ..plain(
                StandardWebhooks::SCHEME,
                ["webhook-signature", "svix-signature"],
                Encoding::Base64,
                Form::Pairs(b' ', b',', "v1", None),
            )
        },
        Kind::Any { hash, parts, form, encoding } => {
            let scheme = match hash % 4 {
                0 => Scheme::hmac_sha1("test"),
                1 => Scheme::hmac_sha256("test"),
                2 => Scheme::hmac_sha384("test"),
                _ => Scheme::hmac_sha512("test"),
            };
            let parts = LISTS[usize::from(parts) % LISTS.len()];
            let place = header("x-sig").or("x-sig-2");
            let (signature, form) = match form % 3 {
                0 => (place.raw(), Form::Prefixed("")),
                1 => (place.prefix("v1="), Form::Prefixed("v1=")),
                _ => (place.pairs(';', '=', "s"), Form::Pairs(b';', b'=', "s", None)),
            };
            let signature = match encoding {
                Encoding::Hex => signature.hex(),
                Encoding::Base64 => signature.base64(),
                Encoding::Base64Url => signature.base64url(),
            };
            let timed = parts.contains(&Timestamp);
            let scheme = scheme.signature(signature).signs(parts);
            Known {
                scheme: if timed { scheme.timestamp(header("x-time").seconds()) } else { scheme },
                names: ["x-sig", "x-sig-2"],
                hash: hash % 4,
                parts,
                encoding,
                form,
                time: timed.then_some("x-time"),
            }
        }
    }
}

fn mac(hash: u8, key: &[u8], message: &[u8]) -> Vec<u8> {
    fn of<M: Mac + KeyInit>(key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut mac = <M as KeyInit>::new_from_slice(key).expect("any length");
        mac.update(message);
        mac.finalize().into_bytes().to_vec()
    }
    match hash {
        0 => of::<Hmac<sha1::Sha1>>(key, message),
        1 => of::<Hmac<sha2::Sha256>>(key, message),
        2 => of::<Hmac<sha2::Sha384>>(key, message),
        _ => of::<Hmac<sha2::Sha512>>(key, message),
    }
}

/// What is to be signed; nothing where a part is missing or the message could be taken apart in two ways.
fn message(parts: &[Part], wire: &Wire, time: Option<&[u8]>) -> Option<Vec<u8>> {
    let value = |name: &str| wire.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value);
    let mut message = Vec::new();
    for part in parts {
        match part {
            Lit(text) => message.extend_from_slice(text.as_bytes()),
            Body => message.extend_from_slice(&wire.body),
            Timestamp => message.extend_from_slice(time?),
            Header(name) => message.extend_from_slice(value(name)?),
            Method => message.extend_from_slice(wire.method.as_bytes()),
            Path => message.extend_from_slice(b"/hooks"),
            Url => message.extend_from_slice(b"https://hooks.example.com/hooks?a=1"),
            Config("app_key") => message.extend_from_slice(b"app"),
            Optional(parts) => {
                let Some(here) = self::message(parts, wire, time) else { continue };
                // No value may have its neighbour in it where that may be missing.
                let [Lit(mark), Header(name)] = parts else { panic!("{parts:?} is in no list") };
                if value(name)?.windows(mark.len()).any(|window| window == mark.as_bytes()) {
                    return None;
                }
                message.extend(here);
            }
            BodyDigest(BodyHash::Sha256, HashEncoding::Hex) => {
                message.extend_from_slice(const_hex::encode(sha2::Sha256::digest(&wire.body)).as_bytes());
            }
            BodyDigest(BodyHash::Sha256, HashEncoding::Raw) => {
                message.extend_from_slice(&sha2::Sha256::digest(&wire.body));
            }
            other => panic!("{other:?} is in no list"),
        }
    }
    // A value with its neighbour in it, beside another one or a body, which may have anything in it.
    let mut loose = std::collections::BTreeSet::new();
    for (place, part) in parts.iter().enumerate() {
        let Header(name) = part else { continue };
        let neighbours = [place.checked_sub(1).and_then(|before| parts.get(before)), parts.get(place + 1)];
        for neighbour in neighbours.into_iter().flatten() {
            if let Lit(text) = neighbour
                && value(name)?.windows(text.len()).any(|window| window == text.as_bytes())
            {
                loose.insert((name, text));
            }
        }
    }
    let has_body = parts.iter().any(|part| matches!(part, Body | BodyDigest(..)));
    (loose.len() + usize::from(has_body) <= 1 || loose.is_empty()).then_some(message)
}

fn read_tag(encoding: Encoding, text: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    match encoding {
        Encoding::Hex => {
            let digits = text.len() % 2 == 0 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            digits.then(|| const_hex::decode(text).ok())?
        }
        // Written again it is the same.
        Encoding::Base64 => {
            STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok().filter(|tag| STANDARD.encode(tag) == text)
        }
        Encoding::Base64Url => URL_SAFE_NO_PAD
            .decode(text.trim_end_matches('='))
            .ok()
            .filter(|tag| URL_SAFE.encode(tag) == text || URL_SAFE_NO_PAD.encode(tag) == text),
    }
}

/// The candidate signatures in a list, and the time where it is in there too.
type Listed = (Vec<Vec<u8>>, Option<Vec<u8>>);

/// What is in a list; nothing where it is out of form.
fn read_list(form: Form, encoding: Encoding, value: &[u8]) -> Option<Listed> {
    if value.len() > 8192 {
        return None;
    }
    match form {
        Form::Prefixed(prefix) => {
            let text = value.strip_prefix(prefix.as_bytes()).filter(|text| !text.is_empty())?;
            Some((read_tag(encoding, text).into_iter().collect(), None))
        }
        Form::Pairs(separator, assign, key, time_key) => {
            let (mut tags, mut candidates, mut times) = (Vec::new(), 0, Vec::new());
            let elements: Vec<&[u8]> = value.split(|byte| *byte == separator).collect();
            for element in &elements {
                let at = element.iter().position(|byte| *byte == assign)?;
                let (name, text) = (&element[..at], &element[at + 1..]);
                if name.is_empty() || text.is_empty() {
                    return None;
                }
                if name == key.as_bytes() {
                    candidates += 1;
                    tags.extend(read_tag(encoding, text));
                }
                if time_key.is_some_and(|key| key.as_bytes() == name) {
                    times.push(text.to_vec());
                }
            }
            if elements.len() > 64 || candidates > 16 || times.len() > 1 {
                return None;
            }
            Some((tags, times.pop()))
        }
    }
}

/// A time in seconds that is at most five minutes from now.
fn is_fresh(time: &[u8]) -> bool {
    let text = String::from_utf8_lossy(time);
    let seconds = text.parse::<i64>().ok().filter(|seconds| seconds.to_string() == text);
    seconds.is_some_and(|seconds| text.len() <= 12 && seconds >= 0 && (seconds - NOW.as_secs()).abs() <= 300)
}

fuzz_target!(|case: Case<'_>| run(&case));

fn run(case: &Case<'_>) {
    let known = known(case.kind);
    let standard = matches!(case.kind, Kind::StandardWebhooks);
    let time = match case.time {
        Time::None => None,
        Time::From(by) => Some((NOW.as_secs() + i64::from(by)).to_string().into_bytes()),
        Time::Text(text) => Some(text.to_vec()),
    };
    let mut wire = Wire {
        method: "POST".to_owned(),
        target: "/hooks?a=1".to_owned(),
        headers: Vec::new(),
        body: case.body.to_vec().into(),
    };
    let a = if standard { "webhook-id" } else { "x-a" };
    for (name, value) in [(a, case.a), ("x-b", case.b)] {
        wire.headers.extend(value.map(|value| (name.to_owned(), value.to_vec())));
    }
    if let (Some(name), Some(time)) = (known.time, &time) {
        wire.headers.push((name.to_owned(), time.clone()));
    }
    // Base64 in one scheme, text in all others.
    let key = |secret: &str| if standard { const_hex::decode(secret).expect("hex") } else { secret.into() };
    let secrets = [SECRET, OTHER].map(key);
    let shown = |secret: &Vec<u8>| match standard {
        true => format!("whsec_{}", STANDARD.encode(secret)),
        false => String::from_utf8(secret.clone()).expect("text"),
    };
    let signed = message(known.parts, &wire, time.as_deref()).unwrap_or_default();
    let write = |pieces: &[Piece<'_>]| {
        let mut value = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Mark => match known.form {
                    Form::Prefixed(prefix) => value.extend_from_slice(prefix.as_bytes()),
                    Form::Pairs(separator, assign, key, _) => {
                        if !value.is_empty() {
                            value.push(separator);
                        }
                        value.extend_from_slice(key.as_bytes());
                        value.push(assign);
                    }
                },
                Piece::Time => {
                    if let (Form::Pairs(separator, assign, _, Some(key)), Some(time)) = (known.form, &time) {
                        if !value.is_empty() {
                            value.push(separator);
                        }
                        value.extend_from_slice(key.as_bytes());
                        value.push(assign);
                        value.extend_from_slice(time);
                    }
                }
                Piece::Text(text) => value.extend_from_slice(text),
                Piece::Tag { writing, change } => {
                    let mut tag = match change {
                        Change::Second => mac(known.hash, &secrets[1], &signed),
                        Change::Wrong => mac(known.hash, b"nobody's, and long enough", &signed),
                        Change::OfBodyAlone => mac(known.hash, &secrets[0], &wire.body),
                        _ => mac(known.hash, &secrets[0], &signed),
                    };
                    match change {
                        Change::Flip(at) => {
                            let at = usize::from(*at) % (tag.len() * 8);
                            tag[at / 8] ^= 1 << (at % 8);
                        }
                        Change::Cut(to) => tag.truncate(usize::from(*to)),
                        _ => {}
                    }
                    let text = match (writing, known.encoding) {
                        (Writing::Hex, _) | (Writing::AsItShould, Encoding::Hex) => const_hex::encode(&tag),
                        (Writing::Upper, _) => const_hex::encode_upper(&tag),
                        (Writing::Base64, _) | (Writing::AsItShould, Encoding::Base64) => {
                            STANDARD.encode(&tag)
                        }
                        (Writing::Base64NoPad, _) => STANDARD_NO_PAD.encode(&tag),
                        (Writing::Base64Url, _) | (Writing::AsItShould, Encoding::Base64Url) => {
                            URL_SAFE_NO_PAD.encode(&tag)
                        }
                        (Writing::Base64UrlPad, _) => URL_SAFE.encode(&tag),
                    };
                    value.extend_from_slice(text.as_bytes());
                }
            }
        }
        value
    };
    let value = write(&case.signature);
    let again = case.again.as_ref().map(|pieces| write(pieces));
    wire.headers.push((known.names[0].to_owned(), value.clone()));
    wire.headers.extend(again.clone().map(|value| (known.names[1].to_owned(), value)));

    let want = (|| {
        if again.is_some_and(|again| again != value) {
            return None;
        }
        let (tags, listed) = read_list(known.form, known.encoding, &value)?;
        let listed = if matches!(case.kind, Kind::Stripe) { Some(listed?) } else { None };
        let time = listed.as_deref().or(time.as_deref().filter(|_| known.time.is_some()));
        if known.parts.contains(&Timestamp) && !time.is_some_and(is_fresh) {
            return None;
        }
        let id = case.a.unwrap_or_default();
        if standard && (id.is_empty() || std::str::from_utf8(id).is_err()) {
            return None;
        }
        let text = String::from_utf8_lossy(case.body);
        let is_document = text.trim_ascii_start().starts_with(['{', '[', '<']);
        // Queries and tokens that the same key signs.
        if matches!(case.kind, Kind::Shopify)
            && !is_document
            && (text.contains("timestamp=") || text.contains("eyJ"))
        {
            return None;
        }
        let message = message(known.parts, &wire, time)?;
        secrets.iter().position(|secret| tags.contains(&mac(known.hash, secret, &message)))
    })();
    let verifier = secrets
        .iter()
        .fold(Verifier::builder_for(known.scheme), |builder, secret| builder.secret(shown(secret)));
    let verifier = verifier.public_url("https://hooks.example.com");
    let verifier = match known.scheme.takes_config("app_key") {
        true => verifier.config("app_key", "app"),
        false => verifier,
    };
    let verifier = verifier.build().expect("a verifier");
    let now = UnixTime::from_secs(NOW.as_secs());
    let whole = wire.verify(&verifier, now).map(|delivery| delivery.key_index());
    let chunked = wire.verify_in_chunks(&verifier, now, &case.chunks).map(|delivery| delivery.key_index());
    assert_eq!(whole, chunked, "{wire:?}");
    assert_eq!(whole.ok(), want, "{:?}: {whole:?}: {wire:?}", case.kind);
}
