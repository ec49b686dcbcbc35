//! Adyen's payment notifications: each item carries a MAC over eight of its fields.
//!
//! <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Content, Judged, Keys, Reason, Request, Tag, matching_tag, object, sha256, verified};

const FIELDS: &[&str] = &[
    "/pspReference",
    "/originalReference",
    "/merchantAccountCode",
    "/merchantReference",
    "/amount/value",
    "/amount/currency",
    "/eventCode",
    "/success",
];

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let notification = object(request.body).ok_or(Reason::SignatureMalformed)?;
    let items = notification.get("notificationItems").and_then(Value::as_array);
    let items = items.filter(|items| !items.is_empty()).ok_or(Reason::SignatureMissing)?;
    let (mut matched, mut digests) = (None, BTreeSet::new());
    for item in items {
        let item = item.get("NotificationRequestItem").ok_or(Reason::SignatureMalformed)?;
        let signature = item.pointer("/additionalData/hmacSignature").ok_or(Reason::SignatureMissing)?;
        let signature = signature.as_str().and_then(|text| STANDARD.decode(text).ok());
        let tag = signature.and_then(|bytes| Tag::new(&bytes)).ok_or(Reason::SignatureMalformed)?;
        let message = message(item)?;
        // Every item has to be right: the handler gets them all.
        let key = matching_tag(keys, &[&[message.as_bytes()]], &[tag]).ok_or(Reason::SignatureMismatch)?;
        matched.get_or_insert(key);
        // The items are not signed together: a list of one of them, twice, would be new with each repeat.
        if !digests.insert(sha256(message.as_bytes())) {
            return Err(Reason::SignatureMalformed);
        }
    }
    let content: Vec<u8> = digests.into_iter().flatten().collect();
    Ok(verified(matched.ok_or(Reason::SignatureMissing)?, &content))
}

/// What names a verified item: what is signed of it, since anybody can write the rest in another way.
pub(crate) fn content(item: &str) -> Option<Content> {
    let item: Value = serde_json::from_str(item).ok()?;
    let message = message(item.get("NotificationRequestItem")?).ok()?;
    Some(Content::Sha256(sha256(message.as_bytes())))
}

pub(crate) fn message(item: &Value) -> Result<String, Reason> {
    let fields: Vec<String> = FIELDS.iter().map(|at| field(item, at)).collect::<Result<_, _>>()?;
    Ok(fields.join(":"))
}

/// A field as it is signed: nothing where it is absent. A value that holds a separator could be taken
/// for two, but for the merchant's own reference, which is theirs to choose.
fn field(item: &Value, at: &str) -> Result<String, Reason> {
    let text = match item.pointer(at) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) if !number.is_f64() => number.to_string(),
        Some(Value::Bool(flag)) => flag.to_string(),
        Some(_) => return Err(Reason::SignatureMalformed),
    };
    match text.contains(':') && at != "/merchantReference" {
        true => Err(Reason::IdMalformed),
        false => Ok(text),
    }
}
