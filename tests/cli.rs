//! The program, as a user runs it.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

fn hookgate(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a process");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("no panic").expect("it reads everything");
    output
}

fn check(lines: &[Value]) -> Vec<Value> {
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let output = hookgate(&["check"], &input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("a verdict")).collect()
}

/// Every vector of the repository as a line, and whether it is valid.
fn vectors() -> Vec<(Value, bool)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let mut lines = Vec::new();
    for file in std::fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a text");
        for mut vector in serde_json::from_str::<Vec<Value>>(&text).expect("vectors") {
            let provider = vector["scheme"].as_str().unwrap_or(&name).to_owned();
            let valid = vector["expect"] == "valid";
            if vector["key"] == "utf8" {
                vector["rule_override"] = json!({"key": {"enc": "utf8"}});
            }
            if vector["ignore_timestamp"] == true {
                vector["rule_override"] = json!({"ts": null});
            }
            if let Some(status) = vector["config"]["status"].as_str() {
                vector["status"] = status.parse::<u64>().expect("a status").into();
            }
            vector["provider"] = provider.into();
            lines.push((vector, valid));
        }
    }
    lines
}

#[test]
fn ten_thousand_requests_of_mixed_providers_are_judged_in_order() {
    let vectors = vectors();
    let unknown = json!({"provider": "nobody", "secret": "0123456789abcdef", "body": "{}"});
    let mut lines: Vec<(Value, &str)> = Vec::new();
    for (line, valid) in vectors.iter().cycle().take(9_900) {
        lines.push((line.clone(), if *valid { "accept" } else { "reject" }));
    }
    for at in 0..100 {
        lines.insert(at * 97, (unknown.clone(), "error"));
    }
    let requests: Vec<Value> = lines.iter().map(|(line, _)| line.clone()).collect();
    let verdicts = check(&requests);
    assert_eq!(verdicts.len(), 10_000);
    for ((line, expected), verdict) in lines.iter().zip(&verdicts) {
        // One vector is a challenge, signed as deliveries are.
        let judged = if verdict["verdict"] == "handshake" {
            "accept"
        } else {
            verdict["verdict"].as_str().expect("one")
        };
        assert_eq!(judged, *expected, "{line}\n{verdict}");
        if *expected == "error" {
            assert_eq!(verdict["reason"], "unknown_provider");
        }
    }
}

const SLACK: &str = r#"{"provider":"slack","secrets":["8f742231b10e8888abcd99yyyzzz85a5"],"method":"POST","url":"https://example.com/hooks","headers":{"X-Slack-Request-Timestamp":"1531420618","X-Slack-Signature":"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"},"body":"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c","now":1531420618}"#;

#[test]
fn a_verdict_says_what_was_found() {
    // The example of Slack's documentation.
    let line: Value = serde_json::from_str(SLACK).expect("a line");
    let [verdict] = check(std::slice::from_ref(&line)).try_into().expect("one verdict");
    assert_eq!(
        verdict,
        json!({
            "verdict": "accept",
            "id": "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
            "id_signed": true,
            "type": "/webhook-collect",
            "timestamp": 1531420618,
            "key": 0,
        })
    );
    let mut late = line.clone();
    late["now"] = 1531429999.into();
    let [verdict] = check(&[late]).try_into().expect("one verdict");
    assert_eq!((&verdict["verdict"], &verdict["reason"]), (&json!("reject"), &json!("too_old")));
    assert!(verdict["hints"][0].as_str().is_some_and(|hint| hint.contains("the signature is right")));
}

/// A delivery of Standard Webhooks with its specification's secret, changed in one way.
fn standard(change: impl FnOnce(&mut Value)) -> Value {
    let mut line = json!({
        "provider": "standard-webhooks",
        "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "headers": {
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        "body": "{\"test\": 2432232314}",
        "now": 1614265330,
    });
    change(&mut line);
    line
}

#[test]
fn hints_name_what_went_wrong() {
    let cases = [
        (standard(|line| line["body"] = "{\"test\":2432232314}".into()), "a space after each colon"),
        (standard(|line| line["body"] = "{\n  \"test\": 2432232314\n}".into()), "a space after each colon"),
        (standard(|line| line["body"] = "{\"test\": 2432232314}\n".into()), "without the line break"),
        (standard(|line| line["headers"]["webhook-timestamp"] = "1614265330000".into()), ""),
        (standard(|line| line["now"] = 1_700_000_000.into()), "outside of the tolerance"),
        (
            standard(|line| drop(line["headers"].as_object_mut().map(|all| all.remove("webhook-signature")))),
            "header webhook-signature",
        ),
        (
            json!({"provider": "github", "secret": "wrong, and nothing else", "body": "Hello, World!", "headers": {
                "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}}),
            "",
        ),
    ];
    let lines: Vec<Value> = cases.iter().map(|(line, _)| line.clone()).collect();
    for ((line, wanted), verdict) in cases.iter().zip(check(&lines)) {
        assert_eq!(verdict["verdict"], "reject", "{line}");
        let hints = verdict["hints"].as_array().expect("hints");
        match wanted.is_empty() {
            true => assert!(hints.is_empty(), "{line}: {verdict}"),
            false => assert!(verdict["hints"].to_string().contains(wanted), "{line}: {verdict}"),
        }
    }
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_judged() {
    let output =
        hookgate(&["check"], &format!("no json\n[]\n\n{SLACK}\n{{\"provider\":\"slack\",\"headers\":3}}\n"));
    assert_eq!(output.status.code(), Some(1), "not every line was judged");
    let text = String::from_utf8(output.stdout).expect("text");
    let verdicts: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seen: Vec<&str> = verdicts.iter().filter_map(|verdict| verdict["verdict"].as_str()).collect();
    assert_eq!(seen, ["error", "error", "accept", "error"]);
    for verdict in [&verdicts[0], &verdicts[1], &verdicts[3]] {
        assert_eq!(verdict["reason"], "malformed_input");
    }
    // A secret that cannot be one accepts nothing.
    let [verdict] =
        check(&[json!({"provider": "github", "secret": "", "body": ""})]).try_into().expect("one");
    assert_eq!((&verdict["verdict"], &verdict["reason"]), (&json!("reject"), &json!("no_usable_key")));
    let none =
        check(&[json!({"provider": "vonage-sms", "secret": "x", "rule_override": {"variant": "crc"}})]);
    assert_eq!(none[0]["reason"], "unknown_variant");
}

#[test]
fn providers_are_listed() {
    let table = hookgate(&["providers"], "");
    let table = String::from_utf8(table.stdout).expect("text");
    assert!(table.lines().count() > 250);
    assert!(
        table.lines().any(|line| line.starts_with("stripe ") && line.contains("HMAC-SHA-256")),
        "{table}"
    );
    let objects = hookgate(&["providers", "--json"], "");
    let objects = String::from_utf8(objects.stdout).expect("text");
    let by_name: BTreeMap<String, Value> = objects
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"))
        .map(|object| (object["provider"].as_str().expect("a name").to_owned(), object))
        .collect();
    assert_eq!(by_name.len(), table.lines().count(), "names are unique");
    assert_eq!(
        by_name["github"]["bound"],
        json!({"body": true, "timestamp": false, "id": false, "type": false, "url": false})
    );
}

#[test]
fn challenges_are_told_with_their_answers() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("handshakes.json")).expect("vectors");
    // Those that are signed come as deliveries do; here, those that are not.
    let open = ["dropbox", "meta", "monday", "ms-graph", "nylas", "worldline", "x", "linkedin", "braintree"];
    let open: Vec<Value> = vectors
        .into_iter()
        .filter(|vector| open.contains(&vector["provider"].as_str().expect("a provider")))
        .collect();
    assert_eq!(open.len(), 9);
    for (vector, verdict) in open.iter().zip(check(&open)) {
        assert_eq!(verdict["verdict"], "handshake", "{vector}: {verdict}");
        assert_eq!(
            (&verdict["status"], &verdict["body"]),
            (&vector["status"], &vector["answer"]),
            "{vector}"
        );
    }
}
