//! `hookgate check`.

use std::io::{self, BufRead, Write};

use serde_json::{Value, json};

use super::{
    hints,
    line::{Judged, Line, Unjudged},
};

/// Judges every line; whether all of them could be.
pub(super) fn run(input: impl BufRead, mut output: impl Write) -> io::Result<bool> {
    let mut all = true;
    for line in input.split(b'\n') {
        let line = line?;
        if std::str::from_utf8(&line).is_ok_and(|line| line.trim().is_empty()) {
            continue;
        }
        let verdict = match Line::read(&line) {
            Ok(line) => verdict(&line),
            Err(unjudged) => {
                all &= !matches!(unjudged, Unjudged::Malformed(_));
                error(&unjudged)
            }
        };
        writeln!(output, "{verdict}")?;
        // The next line may be long in coming.
        output.flush()?;
    }
    Ok(all)
}

fn verdict(line: &Line) -> Value {
    match line.judge() {
        Judged::Accepted(delivery) => json!({
            "verdict": "accept",
            "id": delivery.id().map(|id| id.as_str()),
            "id_signed": delivery.id_is_signed(),
            "type": delivery.event_type().map(|kind| kind.as_str()),
            "timestamp": delivery.timestamp().map(|at| at.as_secs()),
            "key": delivery.key_index(),
        }),
        Judged::Handshake(reply) => {
            let headers: serde_json::Map<String, Value> = reply
                .headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
                .collect();
            let body = String::from_utf8_lossy(&reply.body);
            json!({"verdict": "handshake", "status": reply.status, "headers": headers, "body": body})
        }
        Judged::Rejected(reason) => {
            json!({"verdict": "reject", "reason": reason.as_str(), "hints": hints::of(line, reason)})
        }
        Judged::Unusable(error) => {
            json!({"verdict": "reject", "reason": "no_usable_key", "hints": [error.to_string()]})
        }
    }
}

fn error(unjudged: &Unjudged) -> Value {
    match unjudged {
        Unjudged::UnknownProvider => json!({"verdict": "error", "reason": "unknown_provider"}),
        Unjudged::UnknownVariant => json!({"verdict": "error", "reason": "unknown_variant"}),
        Unjudged::Malformed(what) => {
            json!({"verdict": "error", "reason": "malformed_input", "message": what})
        }
    }
}
