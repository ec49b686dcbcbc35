//! What commonly goes wrong, tried out on a request that was refused. Only here, offline, where the
//! secret is the user's own: never in an answer, and never to accept anything.

use bytes::Bytes;

use super::line::Line;
use crate::{
    error::Reason,
    scheme::{KeyForm, TimestampRule, TimestampUnit},
};

/// Everything that would have made a difference.
pub(super) fn of(line: &Line, reason: Reason) -> Vec<String> {
    let mut hints = Vec::new();
    let mut hint = |accepted: bool, text: &str| {
        if accepted {
            hints.push(text.to_owned());
        }
    };
    match reason {
        Reason::TooOld | Reason::FromTheFuture | Reason::TimestampMalformed => {
            let mut other_unit = false;
            for (unit, name) in [
                (TimestampUnit::Seconds, "seconds"),
                (TimestampUnit::Millis, "milliseconds"),
                (TimestampUnit::Rfc3339, "RFC 3339"),
            ] {
                let text = format!("the signature is right with the timestamp read as {name}");
                let accepted = with_unit(line, unit).accepts();
                other_unit |= accepted;
                hint(accepted, &text);
            }
            hint(
                !other_unit && Line { any_time: true, ..line.clone() }.accepts(),
                "the signature is right, and the timestamp is outside of the tolerance: compare the clocks, or is it an old delivery?",
            );
        }
        Reason::SignatureMismatch => {
            bodies(line, &mut hint);
            secrets(line, &mut hint);
            urls(line, &mut hint);
        }
        Reason::SignatureMissing => {
            let wanted = line.scheme.signature_place();
            hint(true, &format!("the signature is looked for here: {wanted}"));
        }
        _ => {}
    }
    hints
}

fn with_unit(line: &Line, unit: TimestampUnit) -> Line {
    let mut other = line.clone();
    other.scheme.timestamp = line.scheme.timestamp.map(|rule| TimestampRule { unit, ..rule });
    other
}

fn bodies(line: &Line, hint: &mut impl FnMut(bool, &str)) {
    let with = |body: Vec<u8>| Line { body: Bytes::from(body), ..line.clone() }.accepts();
    let body = &line.body[..];
    hint(
        with([body, b"\n"].concat()),
        "the signature is right for the body with a line break at its end: it was lost",
    );
    if let Some(shorter) = body.strip_suffix(b"\n") {
        let shorter = shorter.strip_suffix(b"\r").unwrap_or(shorter);
        hint(with(shorter.to_vec()), "the signature is right for the body without the line break at its end");
    }
    let Ok(text) = std::str::from_utf8(body) else { return };
    if text.contains("\r\n") {
        hint(
            with(text.replace("\r\n", "\n").into()),
            "line breaks were changed: the signed body has LF, not CRLF",
        );
    } else if text.contains('\n') {
        hint(
            with(text.replace('\n', "\r\n").into()),
            "line breaks were changed: the signed body has CRLF, not LF",
        );
    }
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return;
    }
    let compact = |text: &str| rewritten(text, "", "", None);
    // Else there is no slash to write otherwise, and these are the compact one again.
    let slashed = |from: &str, to: &str| {
        compact(text).filter(|json| json.contains(from)).map(|json| json.replace(from, to))
    };
    // One at a time: each is as long as the body, or longer.
    let ways: [(&dyn Fn() -> Option<String>, &str); 6] = [
        (&|| compact(text), "no spaces between its tokens"),
        (&|| rewritten(text, " ", " ", None), "a space after each colon and comma"),
        (&|| rewritten(text, " ", "", Some(2)), "an indentation of two spaces"),
        (&|| rewritten(text, " ", "", Some(4)), "an indentation of four spaces"),
        (&|| slashed("\\/", "/"), "slashes that are not escaped"),
        (&|| slashed("/", "\\/"), "escaped slashes"),
    ];
    for (way, how) in ways {
        if let Some(other) = way().filter(|other| other != text) {
            let said = format!(
                "the body was parsed and written again: the signed one has {how}. Verify the bytes as they came"
            );
            hint(with(other.into()), &said);
        }
    }
}

/// JSON with this between its tokens, the tokens as they are. Nothing where it becomes many times as long: a
/// stranger writes as many brackets as he likes, and each is indented further than the one before.
fn rewritten(json: &str, after_colon: &str, after_comma: &str, indent: Option<usize>) -> Option<String> {
    let most = json.len().saturating_mul(8).saturating_add(4096);
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let line = |out: &mut String, depth: usize| {
        if let Some(width) = indent {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', width.saturating_mul(depth).min(most)));
        }
    };
    let mut marks = json.chars().peekable();
    while let Some(mark) = marks.next() {
        if out.len() > most {
            return None;
        }
        if quoted {
            out.push(mark);
            quoted = escaped || mark != '"';
            escaped = !escaped && mark == '\\';
            continue;
        }
        match mark {
            mark if mark.is_ascii_whitespace() => {}
            '"' => {
                quoted = true;
                out.push(mark);
            }
            '{' | '[' => {
                out.push(mark);
                while marks.peek().is_some_and(char::is_ascii_whitespace) {
                    marks.next();
                }
                if !matches!(marks.peek(), Some('}' | ']')) {
                    depth += 1;
                    line(&mut out, depth);
                } else if let Some(close) = marks.next() {
                    out.push(close);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(mark);
            }
            ':' => {
                out.push(mark);
                out.push_str(after_colon);
            }
            ',' => {
                out.push(mark);
                out.push_str(after_comma);
                line(&mut out, depth);
            }
            mark => out.push(mark),
        }
    }
    Some(out)
}

fn secrets(line: &Line, hint: &mut impl FnMut(bool, &str)) {
    const PREFIXED: KeyForm = KeyForm::BASE64.strip(&["v1,whsec_", "whsec_"]);
    for (form, text) in [
        (KeyForm::UTF8, "the secret's text itself is the key: it is not decoded here"),
        (PREFIXED, "the secret is base64 behind its prefix: decode it first"),
        (KeyForm::HEX, "the secret is hex: decode it first"),
    ] {
        if form != line.scheme.key {
            let mut other = line.clone();
            other.scheme = line.scheme.key(form);
            hint(other.accepts(), text);
        }
    }
    for (change, text) in [
        (str::trim as fn(&str) -> &str, "the secret has white space around it"),
        (|key: &str| key.strip_prefix("whsec_").unwrap_or(key), "the secret's prefix is not part of the key"),
    ] {
        let keys: Vec<String> = line.keys.iter().map(|key| change(key).to_owned()).collect();
        if keys != line.keys {
            hint(Line { keys, ..line.clone() }.accepts(), text);
        }
    }
    let keys: Vec<String> = line.keys.iter().map(|key| format!("whsec_{key}")).collect();
    hint(Line { keys, ..line.clone() }.accepts(), "the secret's prefix `whsec_` is part of the key");
}

fn urls(line: &Line, hint: &mut impl FnMut(bool, &str)) {
    if !line.scheme.bound().url {
        return;
    }
    let (origin, target) = line.split_url();
    let target = &*target;
    let (scheme, host) = origin.split_once("://").unwrap_or(("https", origin));
    let other = if scheme == "https" { "http" } else { "https" };
    let bare = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let slash =
        if target.ends_with('/') { target.trim_end_matches('/').to_owned() } else { format!("{target}/") };
    for (url, text) in [
        (format!("{other}://{host}{target}"), format!("the signed URL begins with {other}://")),
        (format!("{scheme}://{bare}{target}"), "the signed URL has no port".to_owned()),
        (format!("{scheme}://{bare}:443{target}"), "the signed URL has the port 443".to_owned()),
        (format!("{scheme}://{bare}:80{target}"), "the signed URL has the port 80".to_owned()),
        (format!("{origin}{slash}"), "the slash at the end of the signed URL is another".to_owned()),
        (format!("{origin}{path}"), "the signed URL has no query".to_owned()),
    ] {
        if url != line.url {
            hint(Line { url, ..line.clone() }.accepts(), &text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rewritten;

    #[test]
    fn json_is_rewritten_with_its_tokens_as_they_are() {
        let json = "{ \"a\" : [1, 2.50 ,{}],\r\n\"b, c\":\"x : \\\" y\" , \"d\":[ ] }";
        let compact = r#"{"a":[1,2.50,{}],"b, c":"x : \" y","d":[]}"#;
        assert_eq!(rewritten(json, "", "", None).as_deref(), Some(compact));
        let spaced = r#"{"a": [1, 2.50, {}], "b, c": "x : \" y", "d": []}"#;
        assert_eq!(rewritten(json, " ", " ", None).as_deref(), Some(spaced));
        let pretty =
            "{\n  \"a\": [\n    1,\n    2.50,\n    {}\n  ],\n  \"b, c\": \"x : \\\" y\",\n  \"d\": []\n}";
        assert_eq!(rewritten(json, " ", "", Some(2)).as_deref(), Some(pretty));
    }

    #[test]
    fn what_grows_beyond_all_measure_is_not_rewritten() {
        let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(rewritten(&deep, " ", "", Some(4)), None);
        // Within the depth that parsers allow.
        let wide = format!("{}{}1{}", "[".repeat(100), "1,".repeat(50_000), "]".repeat(100));
        assert_eq!(rewritten(&wide, " ", "", Some(4)), None);
        assert_eq!(rewritten(&wide, "", "", None), Some(wide));
    }
}
