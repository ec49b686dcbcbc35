//! Amazon SNS: named members of the JSON, each on lines of its own.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>

use serde_json::{Map, Value};

use super::{Judged, Keys, PublicAlgorithm, Reason, Request, is_pinned, object, verified};

const NOTIFICATION: &[&str] = &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const CONTROL: &[&str] = &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let Keys::Public(keys) = keys else { return Err(Reason::NoUsableKey) };
    let message = object(request.body).ok_or(Reason::SignatureMalformed)?;
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let canonical = canonical(&message)?;
    let algorithm = match text("SignatureVersion") {
        Some("2") => PublicAlgorithm::RsaSha256,
        Some("1") if request.rules.config_value("signature_version") != Some("2") => PublicAlgorithm::RsaSha1,
        _ => return Err(Reason::AlgorithmNotAllowed),
    };
    let pins = request.rules.scheme.key_name.map_or(&[][..], |name| name.urls);
    if let Some(url) = text("SigningCertURL").or(text("SigningCertUrl"))
        && !pins.iter().any(|pattern| is_pinned(pattern, url))
        && request.rules.config_value("signing_cert_url") != Some("any")
    {
        return Err(Reason::Uncovered);
    }
    let keys = keys.iter().find(|(of, _)| *of == algorithm).map(std::slice::from_ref);
    let key = request.matching(keys.unwrap_or_default(), canonical.as_bytes())?;
    // AWS signs for whoever has a topic: which one is the question.
    if let Some(topics) = request.rules.config_value("topic")
        && !text("TopicArn").is_some_and(|topic| topics.split([' ', ',']).any(|known| known == topic))
    {
        return Err(Reason::ClaimMismatch);
    }
    Ok(verified(key, canonical.as_bytes()))
}

/// The signed members, each name and each value on a line.
pub(crate) fn canonical(message: &Map<String, Value>) -> Result<String, Reason> {
    let signed = match message.get("Type").and_then(Value::as_str) {
        Some("Notification") => NOTIFICATION,
        Some("SubscriptionConfirmation" | "UnsubscribeConfirmation") => CONTROL,
        _ => return Err(Reason::SignatureMalformed),
    };
    let mut canonical = String::new();
    for name in signed {
        match message.get(*name) {
            // What may be missing could be taken for the last lines of the message instead.
            None | Some(Value::Null) if *name == "Subject" => {}
            // Of all members the message alone may have several lines: else its last ones could be taken
            // for other members. Amazon allows none in subjects.
            Some(Value::String(value)) if *name != "Message" && value.contains('\n') => {
                return Err(Reason::IdMalformed);
            }
            Some(Value::String(value)) => {
                for line in [name, value.as_str()] {
                    canonical.push_str(line);
                    canonical.push('\n');
                }
            }
            _ => return Err(Reason::SignatureMalformed),
        }
    }
    Ok(canonical)
}
