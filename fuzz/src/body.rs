use std::fmt::Write as _;

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value};

use crate::word;

/// What a provider's bodies are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bytes,
    Json,
    Form,
    Xml,
    Base64Field,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Json, Self::Form, Self::Bytes, Self::Xml, Self::Base64Field];

    /// A body of this kind that is always the same.
    pub fn sample(self) -> &'static [u8] {
        match self {
            Self::Bytes => b"\xff\x00{",
            Self::Json => br#"{"id":"evt_1","type":"t","n":17,"data":{"id":"d/1"}}"#,
            Self::Form => b"a=1&b=two&payload=%7B%7D",
            Self::Xml => b"<xml><MsgId>17</MsgId><MsgType>text</MsgType></xml>",
            Self::Base64Field => b"bt_payload=PG4vPg%3D%3D%0A",
        }
    }

    /// A body of this kind.
    pub fn body(self, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
        Ok(match self {
            // Not a word alone, which could be a challenge.
            Self::Bytes => [u.arbitrary::<&[u8]>()?, b"."].concat(),
            Self::Json => {
                let mut object = object(u, 3)?;
                // What tokens say of themselves.
                ["nbf", "exp", "iat", "iss", "aud"].iter().for_each(|claim| drop(object.remove(*claim)));
                // What signers look for.
                object.entry("id").or_insert_with(|| "evt_1".into());
                object.entry("type").or_insert_with(|| "t".into());
                object.entry("n").or_insert_with(|| 17.into());
                object.insert("data".to_owned(), serde_json::json!({"id": word(u.arbitrary()?)}));
                Value::Object(object).to_string().into_bytes()
            }
            Self::Form => {
                let mut form = String::from("a=1&b=two&payload=%7B%7D");
                for place in 0..u.int_in_range(0..=6)? {
                    let value: String = form_text(u.arbitrary()?);
                    write!(form, "&f{place}{}={value}", word(u.arbitrary()?)).expect("text");
                }
                form.into_bytes()
            }
            Self::Xml => {
                let (id, more) = (word(u.arbitrary()?), word(u.arbitrary()?));
                format!("<xml><MsgId>{id}</MsgId><MsgType>text</MsgType><More>{more}</More></xml>")
                    .into_bytes()
            }
            Self::Base64Field => {
                let body = base64::Engine::encode(
                    &base64::engine::general_purpose::STANDARD,
                    u.arbitrary::<&[u8]>()?,
                );
                format!("bt_payload={}%0A", form_text(body.as_bytes())).into_bytes()
            }
        })
    }
}

fn form_text(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => text.push(char::from(*byte)),
            b' ' => text.push('+'),
            byte => write!(text, "%{byte:02X}").expect("text"),
        }
        text
    })
}

fn object(u: &mut Unstructured<'_>, depth: u8) -> Result<Map<String, Value>> {
    let mut object = Map::new();
    for _ in 0..u.int_in_range(0..=4)? {
        object.insert(u.arbitrary()?, value(u, depth)?);
    }
    Ok(object)
}

/// Any JSON, so deep.
pub fn value(u: &mut Unstructured<'_>, depth: u8) -> Result<Value> {
    let most = if depth == 0 { 4 } else { 6 };
    Ok(match u.int_in_range(0..=most)? {
        0 => Value::Null,
        1 => u.arbitrary::<bool>()?.into(),
        2 => u.arbitrary::<i64>()?.into(),
        3 => u.arbitrary::<f64>()?.into(),
        4 => u.arbitrary::<&str>()?.into(),
        5 => {
            let mut list = Vec::new();
            for _ in 0..u.int_in_range(0..=3)? {
                list.push(value(u, depth - 1)?);
            }
            list.into()
        }
        _ => object(u, depth - 1)?.into(),
    })
}
