//! Typed events: what a delivery's type and body read as is what serde makes of the body alone, and no
//! error holds a value.

#![no_main]

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Unstructured};
use hookgate::{
    Delivery, EventError, Verifier,
    scheme::{Part::Body, Payload, Scheme, header},
    testing::Signer,
};
use hookgate_fuzz::{NOW, SECRET, Wire, is_telling, value};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value, value::RawValue};

const SCHEME: Scheme =
    Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(&[Body]).event_type(header("x-type"));

#[derive(Arbitrary, Debug)]
enum Sent {
    Json,
    Form,
    Field,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Push<'a> {
    r#ref: &'a str,
    #[serde(default)]
    size: Option<u32>,
    #[serde(default, borrow)]
    more: std::borrow::Cow<'a, str>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Issues {
    action: String,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Label {
    id: u64,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq)]
enum Event<'a> {
    #[serde(rename = "push", borrow)]
    Push(Push<'a>),
    #[serde(rename = "issues")]
    Issues {
        action: String,
        #[serde(default)]
        labels: Vec<Label>,
    },
    #[serde(rename = "ping")]
    Ping,
    #[serde(rename = "pair")]
    Pair(u8, i16),
    #[serde(rename = "any")]
    Any(Value),
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(tag = "type")]
enum Tagged {
    #[serde(rename = "push")]
    Push { r#ref: String },
    #[serde(rename = "ping")]
    Ping,
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Untagged {
    Push { r#ref: String },
    Numbers(Vec<f64>),
    Text(String),
}

#[derive(Debug, Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    r#ref: &'a RawValue,
}

/// What serde makes of the body where the type is known.
fn by_type<'a>(kind: &str, body: &'a [u8]) -> serde_json::Result<Event<'a>> {
    let from = |body: &[u8]| match body {
        [] => Ok(IgnoredAny),
        _ => serde_json::from_slice(body),
    };
    match kind {
        "push" => serde_json::from_slice(body).map(Event::Push),
        "issues" => {
            serde_json::from_slice(body).map(|Issues { action, labels }| Event::Issues { action, labels })
        }
        "ping" => from(body).map(|_| Event::Ping),
        "pair" => serde_json::from_slice(body).map(|(one, two)| Event::Pair(one, two)),
        "any" => serde_json::from_slice(body).map(Event::Any),
        _ => from(body).map(|_| Event::Other),
    }
}

/// What serde makes of the body where there is no type: an enum that it is by itself, or one of the others.
fn untyped(body: &[u8]) -> serde_json::Result<Event<'_>> {
    const VARIANTS: [&str; 6] = ["push", "issues", "ping", "pair", "any", "Other"];
    let keys = match serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(body) {
        Ok(object) => object.into_keys().collect(),
        Err(_) => serde_json::from_slice(body).map(|text: String| vec![text]).unwrap_or_default(),
    };
    match &*keys {
        [only] if VARIANTS.contains(&&**only) => serde_json::from_slice(body),
        _ => by_type("made up", body),
    }
}

fn same<T: PartialEq + std::fmt::Debug, E: std::fmt::Display>(
    read: Result<T, EventError>,
    want: Result<T, E>,
    texts: &[String],
) {
    match (read, want) {
        (Ok(read), Ok(want)) => assert_eq!(read, want),
        (Err(error), Err(_)) => {
            let printed = format!("{error} {error:?}");
            let told = texts.iter().find(|text| printed.contains(*text));
            assert!(told.is_none(), "{told:?} in {printed}");
        }
        (Ok(read), Err(error)) => panic!("{read:?}, and not {error}"),
        (Err(error), Ok(want)) => panic!("{error}, and not {want:?}"),
    }
}

/// The texts of a body that are no names in it and that no error says of itself.
fn texts(body: &[u8]) -> Vec<String> {
    fn collect(value: &Value, texts: &mut Vec<String>, names: &mut String) {
        match value {
            Value::String(text) if is_telling(text) => texts.push(text.clone()),
            Value::Array(list) => list.iter().for_each(|value| collect(value, texts, names)),
            Value::Object(object) => object.iter().for_each(|(name, value)| {
                names.push_str(name);
                collect(value, texts, names);
            }),
            _ => {}
        }
    }
    let (mut texts, mut names) = (Vec::new(), String::new());
    collect(&serde_json::from_slice(body).unwrap_or_default(), &mut texts, &mut names);
    texts.retain(|text| !names.contains(text.as_str()));
    texts
}

fn body(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    if u.arbitrary()? {
        return Ok(u.bytes(u.len())?.to_vec());
    }
    let mut object = Map::new();
    for name in ["ref", "size", "more", "action", "labels", "id", "type", "push"] {
        if u.arbitrary()? {
            object.insert(name.to_owned(), value(u, 3)?);
        }
    }
    Ok(Value::Object(object).to_string().into_bytes())
}

fuzz_target!(|data: &[u8]| -> Corpus { run(&mut Unstructured::new(data)).unwrap_or(Corpus::Reject) });

fn run(u: &mut Unstructured<'_>) -> arbitrary::Result<Corpus> {
    const TYPES: [&str; 6] = ["push", "issues", "ping", "pair", "any", "made up"];
    let form: Sent = u.arbitrary()?;
    let kind = match u.int_in_range(0..=8_u8)? {
        place @ 0..=5 => Some(TYPES[usize::from(place)].as_bytes().to_vec()),
        6 => Some(u.arbitrary::<&[u8]>()?.to_vec()),
        7 => Some(Vec::new()),
        _ => None,
    };
    let body = body(u)?;
    let scheme = match form {
        Sent::Json => SCHEME,
        Sent::Form => SCHEME.payload(Payload::Form),
        Sent::Field => SCHEME.payload(Payload::JsonOrFormField("payload")),
    };
    let signed = Signer::for_scheme(scheme, SECRET).sign(body.clone()).expect("signed");
    let mut wire = Wire::from(&signed);
    wire.headers.extend(kind.clone().map(|kind| ("x-type".to_owned(), kind)));
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    let delivery = wire.verify(&verifier, NOW).expect("authentic");
    let kind =
        kind.as_deref().and_then(|kind| std::str::from_utf8(kind).ok()).filter(|kind| !kind.is_empty());
    assert_eq!(delivery.event_type().map(|kind| kind.as_str()), kind);
    match form {
        Sent::Json => json(&delivery, kind, &body),
        Sent::Field => json(&delivery, kind, delivery.payload()),
        Sent::Form => form_fields(&delivery, kind, &body),
    }
    Ok(Corpus::Keep)
}

fn json<'d>(delivery: &'d Delivery, kind: Option<&str>, body: &'d [u8]) {
    let texts = texts(body);
    match kind {
        Some(kind) => {
            same(delivery.event::<Event<'_>>(), by_type(kind, body), &texts);
            same(delivery.event::<(Event<'_>,)>(), serde_json::from_slice::<(Event<'_>,)>(body), &texts);
        }
        None => same(delivery.event::<Event<'_>>(), untyped(body), &texts),
    }
    same(delivery.event::<Push<'_>>(), serde_json::from_slice::<Push<'_>>(body), &texts);
    same(delivery.event::<Issues>(), serde_json::from_slice::<Issues>(body), &texts);
    same(delivery.event::<Tagged>(), serde_json::from_slice::<Tagged>(body), &texts);
    same(delivery.event::<Untagged>(), serde_json::from_slice::<Untagged>(body), &texts);
    same(delivery.event::<Value>(), serde_json::from_slice::<Value>(body), &texts);
    same(delivery.event::<Option<u64>>(), serde_json::from_slice::<Option<u64>>(body), &texts);
    let raw = |raw: &'d RawValue| raw.get();
    same(delivery.event::<&RawValue>().map(raw), serde_json::from_slice::<&RawValue>(body).map(raw), &texts);
    let inner = |inside: Raw<'d>| inside.r#ref.get();
    same(delivery.event::<Raw<'_>>().map(inner), serde_json::from_slice::<Raw<'_>>(body).map(inner), &texts);
}

fn form_fields(delivery: &Delivery, kind: Option<&str>, body: &[u8]) {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Fields {
        a: String,
        b: Option<u32>,
        #[serde(default)]
        c: Vec<String>,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    enum Command {
        #[serde(rename = "push")]
        Push(Fields),
        #[serde(other)]
        Other,
    }
    same(delivery.event::<Fields>(), serde_html_form::from_bytes::<Fields>(body), &[]);
    if let Some(kind) = kind {
        let want = match kind {
            "push" => serde_html_form::from_bytes(body).map(Command::Push),
            _ => serde_html_form::from_bytes::<IgnoredAny>(body).map(|_| Command::Other),
        };
        same(delivery.event::<Command>(), want, &[]);
    }
}
