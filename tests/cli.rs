//! The program, as a user runs it.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::ffi::OsStrExt,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    time::{Duration, Instant},
};

use hookgate::{providers, scheme::Scheme};
use serde_json::{Value, json};

#[allow(dead_code)]
#[path = "redis/servers.rs"]
mod servers;

#[allow(dead_code)]
#[path = "../examples/sender.rs"]
mod sender;

fn hookgate(arguments: &[&str], input: impl AsRef<[u8]>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
    let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a process");
    let mut stdin = child.stdin.take().expect("its input");
    let input = input.as_ref().to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
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

/// A delivery that is signed in another way than its provider does, as a line of the provider.
fn signed_otherwise(scheme: Scheme, otherwise: Scheme, origin: &str, secret: &str) -> Value {
    let now = hookgate::UnixTime::from_secs(1_800_000_000);
    let signer = hookgate::testing::Signer::for_scheme(otherwise, secret).at(now).public_url(origin);
    let signed = signer.target("/hooks?a=1").sign(r#"{"id":"evt_1"}"#).expect("signed");
    let headers: serde_json::Map<String, Value> =
        signed.headers().iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    json!({
        "provider": scheme.name(),
        "secret": secret,
        "url": format!("{ORIGIN}{}", signed.target()),
        "headers": headers,
        "body": String::from_utf8(signed.body().to_vec()).expect("text"),
        "now": 1_800_000_000,
    })
}

#[test]
fn hints_name_wrong_secrets_urls_and_units() {
    use hookgate::scheme::{
        KeyForm,
        Part::{Body, Lit, Timestamp},
        header,
    };
    let of = |name: &str| providers::find(name).expect("a scheme");
    let keyed = |name: &str, form| signed_otherwise(of(name), of(name).key(form), ORIGIN, SECRET);
    let url = |origin: &str| signed_otherwise(of("trello"), of("trello"), origin, SECRET);
    let timed =
        of("webflow").timestamp(header("x-webflow-timestamp").seconds()).signs(&[Timestamp, Lit(":"), Body]);
    let prefixed = json!({"provider": "github", "secret": SECRET, "body": "{}", "headers": {
        "x-hub-signature-256": signed_with(&format!("whsec_{SECRET}"))}});
    // A token says itself when it ends.
    let mut late = signed_otherwise(of("messagebird"), of("messagebird"), ORIGIN, SECRET);
    late["now"] = 1_900_000_000.into();
    for (line, wanted) in [
        (late, "outside of the tolerance"),
        (keyed("github", KeyForm::HEX), "the secret is hex"),
        (keyed("github", KeyForm::BASE64), "the secret is base64"),
        (keyed("standard-webhooks", KeyForm::UTF8), "not decoded here"),
        (prefixed, "`whsec_` is part of the key"),
        (url("http://hooks.example.com"), "begins with http://"),
        (url("https://hooks.example.com:443"), "has the port 443"),
        (url("https://hooks.example.com:80"), "has the port 80"),
        (signed_otherwise(of("webflow"), timed, ORIGIN, SECRET), "read as seconds"),
    ] {
        let [verdict] = check(std::slice::from_ref(&line)).try_into().expect("one verdict");
        assert_eq!(verdict["verdict"], "reject", "{line}");
        assert!(verdict["hints"].to_string().contains(wanted), "{wanted}: {line}: {verdict}");
    }
}

/// GitHub's signature of `{}` under this secret.
fn signed_with(secret: &str) -> String {
    let signed = hookgate::testing::Signer::new::<providers::GitHub>(secret).sign("{}").expect("signed");
    let found = signed.headers().iter().find(|(name, _)| name == "x-hub-signature-256");
    found.expect("a signature").1.clone()
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_judged() {
    let output =
        hookgate(&["check"], format!("no json\n[]\n\n{SLACK}\n{{\"provider\":\"slack\",\"headers\":3}}\n"));
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

/// A secret that is one in every form that schemes have for it.
const SECRET: &str = "6f3b1c2d4e5f60718293a4b5c6d7e8f96f3b1c2d4e5f60718293a4b5c6d7e8f9";
const CONFIG: [&str; 10] = [
    "user_id=user-1",
    "workspace_id=ws-1",
    "app_key=app",
    "webhook_id=WH-1",
    "api_key=key",
    "audience=https://hooks.example.com",
    "email=push@project.iam.gserviceaccount.com",
    "topic=arn:aws:sns:us-east-1:1:topic",
    "bundle_id=com.example",
    "label=sig",
];
const ORIGIN: &str = "https://hooks.example.com";

/// What one of these providers has a use for.
fn config(providers: &[&Scheme]) -> impl Iterator<Item = &'static str> {
    let takes = |pair: &&str| {
        let name = pair.split_once('=').expect("a pair").0;
        providers.iter().any(|scheme| scheme.takes_config(name))
    };
    CONFIG.into_iter().filter(takes)
}

fn key(name: &str) -> String {
    format!("@{}/tests/keys/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What a provider's deliveries are signed with, and what they are verified with.
fn keys(scheme: &Scheme) -> (String, String) {
    let algorithm = scheme.algorithm();
    match algorithm.as_str() {
        "JWT ES256 with certificates" => (key("apple-chain.pem"), key("apple-root.crt")),
        _ if !scheme.needs_public_key() => (SECRET.to_owned(), SECRET.to_owned()),
        kind if kind.contains("Ed25519") => (key("ed25519.pem"), key("ed25519.pub.pem")),
        kind if kind.contains("ECDSA") || kind.contains("ES256") => (key("ec.pem"), key("ec.pub.pem")),
        _ => (key("rsa.pem"), key("rsa.pub.pem")),
    }
}

/// A running `hookgate listen`, with what it printed.
struct Listening {
    child: Child,
    base: String,
    printed: Arc<Mutex<Vec<Value>>>,
    errors: Arc<Mutex<String>>,
}

impl Listening {
    fn start(providers: &[&Scheme], further: &[&str]) -> Self {
        Self::start_with(providers, further, &[])
    }

    fn start_with(providers: &[&Scheme], further: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
        let origin = format!("{ORIGIN}/");
        command.args(["listen", "--json", "--address", "127.0.0.1:0", "--public-url", &origin]).args(further);
        command.envs(variables.iter().copied());
        for scheme in providers {
            command.args(["--provider", scheme.name()]);
            command.args(["--secret-for", &format!("{}={}", scheme.name(), keys(scheme).1)]);
        }
        config(providers).for_each(|pair| {
            command.args(["--config", pair]);
        });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
        let mut said = BufReader::new(child.stderr.take().expect("its errors")).lines();
        let first = said.next().expect("a line").expect("text");
        let base = first.strip_prefix("listening on ").and_then(|url| url.split("/webhooks").next());
        let base = base.unwrap_or_else(|| panic!("{first}")).to_owned();
        let errors = Arc::new(Mutex::new(String::new()));
        let told = Arc::clone(&errors);
        std::thread::spawn(move || {
            for line in said.map_while(Result::ok) {
                *told.lock().expect("errors") += &format!("{line}\n");
            }
        });
        let printed = Arc::new(Mutex::new(Vec::new()));
        let (kept, lines) =
            (Arc::clone(&printed), BufReader::new(child.stdout.take().expect("its output")).lines());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("lines").push(serde_json::from_str(&line).expect("JSON"));
            }
        });
        Self { child, base, printed, errors }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(self.base.strip_prefix("http://").expect("a URL")).expect("a connection")
    }

    /// Sends it a signal, as a terminal does.
    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    }

    /// How it ended, if it does within this time.
    fn ended_within(&mut self, most: Duration) -> Option<ExitStatus> {
        ended_within(&mut self.child, most)
    }

    fn reasons(&self) -> Vec<String> {
        let lines = self.printed.lock().expect("lines");
        lines.iter().map(|line| line["reason"].as_str().expect("a reason").to_owned()).collect()
    }

    fn printed(&self, provider: &str, outcome: &str) -> usize {
        let lines = self.printed.lock().expect("lines");
        lines.iter().filter(|line| line["provider"] == provider && line["outcome"] == outcome).count()
    }

    fn send(&self, scheme: &Scheme, further: &[&str]) -> Output {
        let url = format!("{}/webhooks/{}", self.base, scheme.name());
        let secret = keys(scheme).0;
        let mut arguments = vec!["send", "--provider", scheme.name(), "--url", &url, "--secret", &secret];
        arguments.extend(["--public-url", ORIGIN]);
        config(&[scheme]).for_each(|pair| arguments.extend(["--config", pair]));
        arguments.extend(further);
        hookgate(&arguments, "")
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ended_within(child: &mut Child, most: Duration) -> Option<ExitStatus> {
    let started = Instant::now();
    while started.elapsed() < most {
        if let Some(status) = child.try_wait().expect("a status") {
            return Some(status);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("never: {what}");
}

#[test]
fn listen_and_send_understand_each_other_for_every_provider() {
    // Nobody signs with RSA and SHA-1 any more.
    let all: Vec<&Scheme> =
        providers::ALL.iter().filter(|scheme| scheme.algorithm() != "RSA with SHA-1").collect();
    let listening = Listening::start(&all, &[]);
    let bodies = [
        r#"{"id":"evt_1","type":"t"}"#,
        "a=1&b=two&payload=%7B%7D",
        "<xml><MsgId>17</MsgId></xml>",
        "bt_payload=PG4vPg%3D%3D%0A",
        r#"{"event_id":"evt_1","type":"user.created","data":"{}"}"#,
    ];
    let mut tampered = 0;
    for scheme in &all {
        let name = scheme.name();
        let typed = ["--max-attempts", "1", "--type", "Notification"];
        // Not every type has a place of its own.
        let mut ways = bodies.iter().flat_map(|body| [(body, &typed[..]), (body, &typed[..2])]);
        let accepted = ways.find(|(body, once)| {
            listening.send(scheme, &[once, &["--data", body][..]].concat()).status.success()
        });
        let (body, once) =
            accepted.unwrap_or_else(|| panic!("{name}: {:#?}", listening.send(scheme, &typed)));
        // What is signed as it is written, and was not changed by signing.
        let plain =
            scheme.algorithm().starts_with("HMAC-SHA") && scheme.signature_place().starts_with("header");
        if scheme.bound().body && plain && body.starts_with('{') && !scheme.algorithm().contains(" of ") {
            tampered += 1;
            let output = listening.send(scheme, &[once, &["--tamper", "--data", body]].concat());
            assert_eq!(output.status.code(), Some(1), "{name}: tampered");
        }
    }
    assert!(tampered > 100, "{tampered}");
    for scheme in &all {
        let name = scheme.name();
        // Challenges are answered, and nothing else is printed twice.
        until(name, || listening.printed(name, "handled") + listening.printed(name, "handshake") == 1);
    }
}

#[test]
fn what_is_forwarded_is_settled_by_the_answer() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (seen, listener) = (Arc::new(AtomicUsize::new(0)), std::net::TcpListener::bind("127.0.0.1:0"));
    let listener = listener.expect("a port");
    listener.set_nonblocking(true).expect("an option");
    let address = listener.local_addr().expect("an address");
    let counted = Arc::clone(&seen);
    runtime.spawn(async move {
        let app = axum::Router::new().route(
            "/app",
            axum::routing::post(move |headers: axum::http::HeaderMap, body: String| async move {
                assert_eq!(
                    (body.as_str(), &headers["x-hookgate-provider"]),
                    (r#"{"id":"evt_1"}"#, &"stripe".parse().expect("text"))
                );
                match counted.fetch_add(1, SeqCst) {
                    0 | 1 => axum::http::StatusCode::INTERNAL_SERVER_ERROR,
                    _ => axum::http::StatusCode::ACCEPTED,
                }
            }),
        );
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        axum::serve(listener, app).await
    });
    let stripe = providers::find("stripe").expect("a scheme");
    let forward = format!("http://{address}/app");
    let listening = Listening::start(&[&stripe], &["--forward", &forward]);
    let data = ["--data", r#"{"id":"evt_1"}"#];
    let output = listening.send(&stripe, &data);
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(output.status.success() && said.contains("202: 1") && said.contains("500: 2"), "{said}");
    // A further duplicate is acknowledged and not passed on.
    assert!(listening.send(&stripe, &data).status.success());
    until("a duplicate", || listening.printed("stripe", "done") == 1);
    assert_eq!(seen.load(SeqCst), 3);
    let lines = listening.printed.lock().expect("lines");
    let attempts: Vec<&Value> =
        lines.iter().filter(|line| line["id"] == "evt_1").map(|line| &line["attempt"]).collect();
    assert_eq!(attempts, [&json!(1), &json!(2), &json!(3), &Value::Null]);
}

#[test]
fn what_a_killed_receiver_handled_is_remembered_in_redis() {
    let server = servers::Server::start();
    let github = providers::find("github").expect("a scheme");
    let start = || Listening::start(&[&github], &["--redis", &server.url()]);
    let many = ["--count", "50", "--concurrency", "4", "--id", "evt"];
    let first = start();
    assert!(first.send(&github, &many).status.success());
    until("fifty", || first.printed("github", "handled") == 50);
    // Apart from an application that receives the same events.
    let keys = server.cli(&["--scan"]);
    assert!(!keys.is_empty() && keys.lines().all(|key| key.contains("listen-github")), "{keys}");
    drop(first);
    let second = start();
    assert!(second.send(&github, &many).status.success());
    until("fifty duplicates", || second.printed("github", "done") == 50);
    assert_eq!(second.printed("github", "handled"), 0);
}

#[test]
fn mistakes_are_said() {
    for (arguments, said) in [
        (&["listen", "--provider", "strip", "--secret", "x"][..], "Is it one of these: strapi, stripe?"),
        (&["listen", "--provider", "stripe"], "HOOKGATE_SECRET_STRIPE"),
        (&["listen", "--provider", "stripe", "--secret", "@/nowhere"], "/nowhere"),
        (
            &["listen", "--provider", "stripe", "--secret", "s3cr3t", "--redis", "redis://127.0.0.1:1/"],
            "no Redis at",
        ),
        (&["listen", "--provider", "stripe", "--secret", "s3cr3t", "--address", "nowhere"], "--address"),
        (&["send", "--provider", "stripe", "--secret", "s3cr3t", "--url", "nowhere"], "--url nowhere"),
        (
            &[
                "send",
                "--provider",
                "stripe",
                "--secret",
                "s3cr3t",
                "--url",
                "http://127.0.0.1:1/",
                "--count",
                "0",
            ],
            "--count",
        ),
        (&["listen", "--provider", "tiktok-shop", "--secret", "s3cr3t"], "app_key"),
        (&["frobnicate"], "frobnicate"),
    ] {
        let output = hookgate(arguments, "");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && errors.contains(said), "{arguments:?}: {errors}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output =
        hookgate(&["listen", "--provider", "stripe", "--secret", "s3cr3t", "--address", &address], "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--address chooses another"));
    // What is not accepted is given up, and said so.
    let url = "http://127.0.0.1:1/";
    let output = hookgate(
        &["send", "--provider", "stripe", "--secret", "s3cr3t", "--url", url, "--max-attempts", "1"],
        "",
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no answer: 1"));
}

fn of(name: &str) -> Scheme {
    providers::find(name).expect("a scheme")
}

/// What came to an application.
#[derive(Clone, Debug)]
struct Came {
    method: String,
    target: String,
    headers: axum::http::HeaderMap,
    body: String,
}

/// An application that answers like this and notes what comes; its address, and what came.
struct Application {
    _runtime: tokio::runtime::Runtime,
    url: String,
    came: Arc<Mutex<Vec<Came>>>,
}

impl Application {
    fn start(status: u16, header: Option<(&'static str, &'static str)>, takes: Duration) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let came = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&came);
        let answer = move |request: axum::extract::Request| async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            noted.lock().expect("a list").push(Came {
                method: parts.method.to_string(),
                target: parts.uri.to_string(),
                headers: parts.headers,
                body: String::from_utf8(body.to_vec()).expect("text"),
            });
            tokio::time::sleep(takes).await;
            let mut response = axum::response::Response::new(axum::body::Body::empty());
            *response.status_mut() = axum::http::StatusCode::from_u16(status).expect("a status");
            if let Some((name, value)) = header {
                response.headers_mut().insert(name, value.parse().expect("a value"));
            }
            response
        };
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let app = axum::Router::new().fallback(answer);
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { _runtime: runtime, url, came }
    }

    fn ok() -> Self {
        Self::start(200, None, Duration::ZERO)
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().expect("a list").clone()
    }

    /// The bodies of what is sent here.
    fn bodies(&self, provider: &str, further: &[&str]) -> Vec<String> {
        self.came.lock().expect("a list").clear();
        let output = self.send(provider, further);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.came().into_iter().map(|came| came.body).collect()
    }

    fn send(&self, provider: &str, further: &[&str]) -> Output {
        let arguments = ["send", "--provider", provider, "--secret", SECRET, "--url", &self.url];
        hookgate(&[&arguments[..], further].concat(), "")
    }
}

/// A signed delivery for `/webhooks/PROVIDER`, as bytes for a socket.
fn raw(scheme: Scheme, method: &str, query: &str, body: &str) -> Vec<u8> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    let now = hookgate::UnixTime::from_secs(now.as_secs().try_into().expect("a time"));
    let signer = hookgate::testing::Signer::for_scheme(scheme, SECRET).at(now).public_url(ORIGIN);
    let signer = signer.target(format!("/webhooks/{}{query}", scheme.name()));
    let signed = signer.sign(body.to_owned()).expect("signed");
    let mut text = format!("{method} {} HTTP/1.1\r\nhost: hooks.example.com\r\n", signed.target());
    for (name, value) in signed.headers() {
        text += &format!("{name}: {value}\r\n");
    }
    text += &format!("content-length: {}\r\n\r\n", signed.body().len());
    [text.as_bytes(), signed.body()].concat()
}

/// The first line of what comes back.
fn answer(socket: &mut TcpStream) -> String {
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("an option");
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line).expect("an answer");
    line
}

#[test]
fn brackets_without_end_cost_no_memory() {
    let signature = json!({"x-hub-signature-256": format!("sha256={}", "0".repeat(64))});
    let open = "[".repeat(1024 * 1024);
    // Well-formed, and deeper than parsers go; and as deep as they go, with many values.
    let closed = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
    let wide = format!("{}{}1{}", "[".repeat(120), "1,".repeat(500_000), "]".repeat(120));
    for body in [&open, &closed, &wide] {
        let line = json!({"provider": "github", "secret": SECRET, "headers": signature, "body": body});
        let mut command = Command::new("sh");
        // Two gibibytes of address space, so that no more is taken from whoever runs this.
        let limited = "ulimit -v 2097152; exec \"$0\" check";
        command.args(["-c", limited, env!("CARGO_BIN_EXE_hookgate")]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("sh");
        let mut stdin = child.stdin.take().expect("its input");
        let writer = std::thread::spawn(move || stdin.write_all(format!("{line}\n").as_bytes()));
        let output = child.wait_with_output().expect("an end");
        writer.join().expect("no panic").expect("it reads everything");
        assert!(output.status.success(), "{:?}: {}", output.status, &body[..20]);
        let verdict: Value = serde_json::from_slice(&output.stdout).expect("a verdict");
        assert_eq!(verdict["reason"], "signature_mismatch");
    }
}

#[test]
fn what_is_forwarded_is_all_of_the_event() {
    let application = Application::ok();
    let (twilio, stripe) = (of("twilio"), of("stripe"));
    let forward = format!("{}/app?token=1", application.url);
    let listening = Listening::start(&[&twilio, &stripe], &["--forward", &forward]);
    let mut socket = listening.connect();
    socket.write_all(&raw(twilio, "GET", "?MessageSid=SM1&Body=a%20b", "")).expect("sent");
    assert!(answer(&mut socket).contains("200"));
    let came = application.came();
    assert_eq!(came.len(), 1);
    assert_eq!(
        (came[0].method.as_str(), came[0].target.as_str()),
        ("GET", "/app?token=1&MessageSid=SM1&Body=a%20b")
    );
    // An id that no header can hold does not keep the event from being handled.
    let body = r#"{"id":"evt\n1","type":"t"}"#;
    let output = listening.send(&stripe, &["--max-attempts", "1", "--data", body]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let came = application.came();
    assert_eq!((came[1].body.as_str(), came[1].headers.get("x-hookgate-id")), (body, None));
    assert_eq!(came[1].headers["x-hookgate-type"], "t");
    assert_eq!((came[1].method.as_str(), came[1].target.as_str()), ("POST", "/app?token=1"));
}

#[test]
fn an_application_that_does_not_answer_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let forward = format!("http://{}/", silent.local_addr().expect("an address"));
    let stripe = of("stripe");
    let listening = Listening::start(&[&stripe], &["--forward", &forward, "--forward-timeout", "1"]);
    let output = listening.send(&stripe, &["--max-attempts", "1", "--data", r#"{"id":"evt_1"}"#]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("502: 1"));
}

#[test]
fn listen_ends_when_it_is_asked_to() {
    let stripe = of("stripe");
    let mut listening = Listening::start(&[&stripe], &[]);
    let mut half = listening.connect();
    half.write_all(b"POST /webhooks/stripe HTTP/1.1\r\nhost: a").expect("sent");
    std::thread::sleep(Duration::from_millis(200));
    listening.signal("-INT");
    let status = listening.ended_within(Duration::from_secs(9)).expect("an end beside half a request");
    assert!(status.success());
    // Where something is still being handled, the second time is enough.
    let application = Application::start(200, None, Duration::from_secs(60));
    let mut listening = Listening::start(&[&stripe], &["--forward", &application.url]);
    let mut socket = listening.connect();
    socket.write_all(&raw(stripe, "POST", "", r#"{"id":"evt_1"}"#)).expect("sent");
    until("an event", || application.came().len() == 1);
    listening.signal("-INT");
    assert_eq!(listening.ended_within(Duration::from_millis(500)), None, "it waits for what is handled");
    listening.signal("-INT");
    let status = listening.ended_within(Duration::from_secs(5)).expect("an end at once");
    assert_eq!(status.code(), Some(1));
}

#[test]
fn every_delivery_is_printed() {
    let stripe = of("stripe");
    let application = Application::start(200, None, Duration::from_millis(700));
    let further = ["--forward", &application.url, "--body-limit", "2000"];
    let listening = Listening::start(&[&stripe], &further);
    // Nobody waits for the answer.
    let mut socket = listening.connect();
    socket.write_all(&raw(stripe, "POST", "", r#"{"id":"evt_1"}"#)).expect("sent");
    until("an event", || application.came().len() == 1);
    drop(socket);
    until("its line", || listening.printed("stripe", "handled") == 1);
    // The body breaks off, does not fit, does not come.
    let mut socket = listening.connect();
    let request = raw(stripe, "POST", "", r#"{"id":"evt_2"}"#);
    socket.write_all(&request[..request.len() - 1]).expect("sent");
    drop(socket);
    until("half a body", || listening.reasons().contains(&"body_broken".to_owned()));
    let mut slow = listening.connect();
    slow.write_all(&request[..request.len() - 1]).expect("sent");
    let mut socket = listening.connect();
    let long = format!(r#"{{"id":"{}"}}"#, "e".repeat(2000));
    socket.write_all(&raw(stripe, "POST", "", &long)).expect("sent");
    assert!(answer(&mut socket).contains("413"));
    until("a long body", || listening.reasons().contains(&"body_too_large".to_owned()));
    let lines = listening.printed.lock().expect("lines").clone();
    assert!(
        lines.iter().any(|line| line["status"] == 413 && line["hints"].to_string().contains("--body-limit"))
    );
    assert!(answer(&mut slow).contains("408"));
    until("a slow body", || listening.reasons().contains(&"body_too_slow".to_owned()));
    // More than the default, where that is wanted.
    let further = ["--body-limit", "3000000"];
    let listening = Listening::start(&[&stripe], &further);
    let mut socket = listening.connect();
    let long = format!(r#"{{"id":"evt_3","text":"{}"}}"#, "e".repeat(2_000_000));
    socket.write_all(&raw(stripe, "POST", "", &long)).expect("sent");
    assert!(answer(&mut socket).contains("200"));
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let stripe = of("stripe");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
    command.args(["listen", "--provider", "stripe", "--secret", SECRET, "--address", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    let mut errors = BufReader::new(child.stderr.take().expect("its errors"));
    let mut first = String::new();
    errors.read_line(&mut first).expect("a line");
    drop(child.stdout.take());
    let url = first.trim().strip_prefix("listening on ").expect("a URL");
    let address = &url["http://".len()..url.find("/webhooks").expect("a path")];
    let deliver = |number: u32| {
        let mut socket = TcpStream::connect(address)?;
        socket.write_all(&raw(stripe, "POST", "", &format!(r#"{{"id":"evt_{number}"}}"#)))?;
        std::io::Result::Ok(socket)
    };
    let mut socket = deliver(1).expect("sent");
    assert!(answer(&mut socket).contains("200"), "what was handled is answered");
    // A process that another test is just starting may have the reader's end still: then a later line tells.
    let status = (2..50).find_map(|number| {
        ended_within(&mut child, Duration::from_millis(500)).or_else(|| {
            let _ = deliver(number);
            None
        })
    });
    let _ = child.kill();
    let mut said = String::new();
    errors.read_to_string(&mut said).expect("text");
    assert_eq!((status.and_then(|status| status.code()), said.as_str()), (Some(0), ""));

    let arguments = ["send", "--provider", "stripe", "--secret", SECRET, "--url", "http://127.0.0.1:1/"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
    command.args(arguments).args(["--max-attempts", "2"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn lines_of_another_form_are_not_judged() {
    let line = |change: Value| {
        let mut line = standard(|_| {});
        for (name, value) in change.as_object().expect("an object") {
            line[name] = value.clone();
        }
        line
    };
    for (change, said) in [
        (json!({"body": {"test": 1}}), "body_base64"),
        (json!({"body": 5}), "body is not text"),
        (json!({"body": null, "body_base64": 5}), "body_base64 is not text"),
        (json!({"url": 5}), "url is not text"),
        (json!({"method": 7}), "method is not text"),
        (json!({"secrets": ["x", 5]}), "secrets is not text"),
        (json!({"secret": {"a": 1}}), "secret is not text"),
        (json!({"public_key": 5}), "public_key is not text"),
        (json!({"provider": 5}), "provider is not text"),
        (json!({"status": "200"}), "status"),
        (json!({"config": {"topic": {}}}), "config: topic"),
        (json!({"config": {"topic": ["a", 1]}}), "config: topic"),
    ] {
        let line = line(change);
        let output = hookgate(&["check"], format!("{line}\n"));
        let verdict: Value = serde_json::from_slice(&output.stdout).expect("a verdict");
        assert_eq!(
            (&verdict["reason"], output.status.code()),
            (&json!("malformed_input"), Some(1)),
            "{line}"
        );
        assert!(verdict["message"].as_str().is_some_and(|message| message.contains(said)), "{verdict}");
    }
    // Null is nothing, wherever it is.
    let names = [
        "secrets",
        "public_key",
        "cert_pem",
        "jwk",
        "config",
        "status",
        "rule_override",
        "url",
        "method",
        "body_base64",
    ];
    let nulls = names.iter().map(|name| line(json!({*name: null})));
    let mut nulls: Vec<Value> = nulls.collect();
    nulls.push(line(json!({"config": {"topic": null}})));
    for (line, verdict) in nulls.iter().zip(check(&nulls)) {
        assert_eq!(verdict["verdict"], "accept", "{line}: {verdict}");
    }
    let none = check(&[line(json!({"headers": null, "body": null}))]);
    assert_eq!(none[0]["reason"], "signature_missing");
    // Bytes that are no text are not replaced by others.
    let [before, after] = [r#"{"provider":"github","secret":"x","body":""#, "\"}\n"];
    let output = hookgate(&["check"], [before.as_bytes(), b"\xff", after.as_bytes()].concat());
    let verdict: Value = serde_json::from_slice(&output.stdout).expect("a verdict");
    assert_eq!((&verdict["reason"], output.status.code()), (&json!("malformed_input"), Some(1)));
    assert!(verdict["message"].to_string().contains("body_base64"), "{verdict}");
}

#[test]
fn every_name_of_a_configuration_is_heard() {
    let url =
        "https://example.com/?hub.mode=unsubscribe&hub.topic=https%3A%2F%2Fa.example%2F&hub.challenge=c1";
    let line = |config: Value| json!({"provider": "websub", "secret": SECRET, "method": "GET", "url": url, "config": config});
    let verdicts = check(&[line(json!({"unwanted_topic": "https://a.example/"})), line(json!({}))]);
    assert_eq!((&verdicts[0]["verdict"], &verdicts[0]["body"]), (&json!("handshake"), &json!("c1")));
    assert_eq!(verdicts[1]["verdict"], "reject");
}

#[test]
fn a_verdict_does_not_wait_for_the_next_line() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
    let mut child =
        command.arg("check").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
    let mut input = child.stdin.take().expect("its input");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let (seen, lines) = mpsc::channel();
    std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| seen.send(line)));
    for _ in 0..2 {
        input.write_all(format!("{SLACK}\n").as_bytes()).expect("it reads");
        let line = lines.recv_timeout(Duration::from_secs(10)).expect("a verdict");
        assert!(line.contains("accept"));
    }
    drop(input);
    assert!(child.wait().expect("an end").success());
}

#[test]
fn what_is_sent_is_what_was_given() {
    let application = Application::ok();
    let body = r#"{"n": 12345678901234567890.10, "id":"mine_{number}","a":1}"#;
    let many = ["--count", "2", "--data", body];
    assert_eq!(
        application.bodies("stripe", &many),
        [body.replace("{number}", "0"), body.replace("{number}", "1")]
    );
    // Where the provider sends JSON in a form, so does this.
    let event = "mandrill_events=%7B%22type%22%3A%22hookgate.test%22%2C%22number%22%3A0%7D";
    assert_eq!(application.bodies("mandrill", &[]), [event]);
    // With an id, that alone is another.
    let with_id = application.bodies("stripe", &[&many[..], &["--id", "evt_"]].concat());
    let expected = |id: &str| format!(r#"{{"n":12345678901234567890.10,"id":"{id}","a":1}}"#);
    assert_eq!(with_id, [expected("evt_0"), expected("evt_1")]);
    // An id in a header is counted, and one that is given is kept.
    let ids = |further: &[&str]| {
        application.bodies("github", &[&["--count", "2", "--data", "{}"], further].concat());
        let ids = application.came().into_iter().map(|came| came.headers["x-github-delivery"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids(&[]), ["evt_test_0", "evt_test_1"]);
    assert_eq!(ids(&["--header", "X-GitHub-Delivery: mine"]), ["mine", "mine"]);
    // A single one is the same in each attempt, with the body that nobody gave.
    let [first, second] = application.bodies("stripe", &["--duplicate"]).try_into().expect("twice");
    assert!(first == second && first.contains("evt_test_"), "{first} {second}");
    // What would be replaced is refused.
    application.came.lock().expect("a list").clear();
    for data in ["no JSON", "[1]", "{\"a\":"] {
        let output = application.send("stripe", &["--id", "evt_1", "--data", data]);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains("no JSON object"), "{data}: {errors}");
    }
    assert_eq!(application.came().len(), 0);
}

#[test]
fn what_is_said_of_a_url_holds_no_secret() {
    let redis = "redis://user:topsecret@127.0.0.1:1/0";
    let arguments = ["listen", "--provider", "stripe", "--secret", SECRET, "--address", "127.0.0.1:0"];
    for (further, variables) in [(&["--redis", redis][..], &[][..]), (&[], &[("HOOKGATE_REDIS", redis)])] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
        command.args(arguments).args(further).envs(variables.iter().copied()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let ended = ended_within(&mut child, Duration::from_secs(10));
        let _ = child.kill();
        let output = child.wait_with_output().expect("an end");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(ended.is_some() && errors.contains("no Redis at redis://127.0.0.1:1/0:"), "{errors}");
        assert!(!errors.contains("topsecret"), "{errors}");
    }
    let stripe = of("stripe");
    let forward = "http://user:topsecret@127.0.0.1:1/app?token=hidden";
    let variables = [("HOOKGATE_FORWARD", forward)];
    let listening = Listening::start_with(&[&stripe], &[], &variables);
    let output = listening.send(&stripe, &["--max-attempts", "1", "--data", r#"{"id":"evt_1"}"#]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("502: 1"));
    until("an error", || !listening.errors.lock().expect("errors").is_empty());
    let errors = listening.errors.lock().expect("errors").clone();
    assert!(errors.contains("http://127.0.0.1:1/app: ") && errors.contains("refused"), "{errors}");
    assert!(!errors.contains("topsecret") && !errors.contains("hidden"), "{errors}");
}

#[test]
fn what_would_be_passed_over_is_refused_at_the_start() {
    let listen = ["listen", "--provider", "stripe", "--secret", SECRET, "--address", "127.0.0.1:0"];
    for (further, said) in [
        (&["--provider", "stripe"][..], "--provider stripe is given twice"),
        (&["--secret-for", "strip=c2VjcmV0"], "Is it one of these: strapi, stripe?"),
        (&["--secret-for", "c2VjcmV0"], "write PROVIDER=SECRET"),
        (&["--forward", "ftp://127.0.0.1/"], "begins with http:// or https://"),
        (&["--forward", "localhost"], "--forward localhost"),
        (&["--forward", "localhost:8000"], "begins with http:// or https://"),
        (&["--config", "c2VjcmV0"], "--config: write NAME=VALUE"),
        (&["--config", "c2VjcmV0="], "--config: write NAME=VALUE"),
        (&["--config", "verify_tokn=x"], "--config verify_tokn: none of the providers has a use for it"),
        (&["--body-limit", "0"], "body_limit"),
        (&["--forward-timeout", "0"], "--forward-timeout"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
        command.args(listen).args(further).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a process");
        let status = ended_within(&mut child, Duration::from_secs(5));
        let _ = child.kill();
        let output = child.wait_with_output().expect("an end");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(status.is_some_and(|status| matches!(status.code(), Some(1 | 2))), "{further:?}: {errors}");
        assert!(errors.contains(said) && !errors.contains("listening"), "{further:?}: {errors}");
        assert!(!errors.contains("c2VjcmV0"), "{errors}");
    }
    let send = ["send", "--provider", "stripe", "--secret", SECRET, "--max-attempts", "1"];
    for (further, said) in [
        (["--url", "ftp://127.0.0.1/", "--tamper"], "begins with http:// or https://"),
        (["--url", "http://127.0.0.1:1/", "--secret-for=nobody=1"], "--secret-for names no provider"),
        (["--url", "http://127.0.0.1:1/", "--header=Authorization c2VjcmV0"], "--header: write NAME: VALUE"),
        (["--url", "http://127.0.0.1:1/", "--header=a: c2VjcmV0\u{1}x"], "by its value: a"),
        (["--url", "http://127.0.0.1:1/", "--header=c2VjcmV0 x: y"], "by its name"),
    ] {
        let output = hookgate(&[&send[..], &further].concat(), "");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && errors.contains(said), "{further:?}: {errors}");
        assert!(!errors.contains("c2VjcmV0"), "{errors}");
    }
}

/// It is only an option that may name a file instead.
#[test]
fn a_secret_in_the_environment_may_begin_with_an_at_sign() {
    let secret = "@c2VjcmV0";
    for variable in ["HOOKGATE_SECRET", "HOOKGATE_SECRET_GITHUB"] {
        let application = Application::ok();
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
        command.args(["send", "--provider", "github", "--data", "{}", "--url", &application.url]);
        let output = command.env(variable, secret).output().expect("a process");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let came = application.came();
        let signed =
            hookgate::testing::Signer::for_scheme(of("github"), hookgate::Secret::dangerous_short(secret));
        let signed = signed.sign("{}").expect("signed");
        let (name, value) =
            signed.headers().iter().find(|(name, _)| name == "x-hub-signature-256").expect("a signature");
        assert_eq!(came[0].headers[name.as_str()], *value);
    }
}

/// Nothing else stands in for it, and nobody reads it in the terminal.
#[test]
fn a_variable_that_is_no_text_is_refused() {
    for variable in ["HOOKGATE_FORWARD", "HOOKGATE_REDIS", "HOOKGATE_SECRET_STRIPE", "HOOKGATE_SECRET"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
        command.args(["listen", "--provider", "stripe", "--address", "127.0.0.1:0"]);
        let output = command.env(variable, OsStr::from_bytes(b"c2VjcmV0\xff")).output().expect("a process");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.contains(&format!("the variable {variable} is not UTF-8")), "{errors}");
        assert!(!output.status.success() && !errors.contains("c2VjcmV0"), "{errors}");
    }
}

/// Where no URL is signed, it need not be one.
#[test]
fn a_path_is_url_enough_for_schemes_that_sign_none() {
    let mut lines = [
        standard(|line| line["url"] = "/hooks?a=1".into()),
        signed_otherwise(of("trello"), of("trello"), ORIGIN, SECRET),
    ];
    lines[1]["url"] = "/hooks?a=1".into();
    let verdicts = check(&lines);
    assert_eq!((&verdicts[0]["verdict"], &verdicts[1]["verdict"]), (&json!("accept"), &json!("reject")));
}

/// Each hint says one thing, and no two the same.
#[test]
fn hints_do_not_speak_of_slashes_where_there_are_none() {
    let signed = hookgate::testing::Signer::new::<providers::GitHub>(SECRET).sign(r#"{"a":1,"b":2}"#);
    let signed = signed.expect("signed");
    let headers: serde_json::Map<String, Value> =
        signed.headers().iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    let line =
        json!({"provider": "github", "secret": SECRET, "headers": headers, "body": r#"{"a": 1, "b": 2}"#});
    let [verdict] = check(&[line]).try_into().expect("one verdict");
    let hints = verdict["hints"].as_array().expect("hints");
    assert!(hints.len() == 1 && hints[0].to_string().contains("no spaces"), "{verdict}");
}

/// Also what did not come to the handler is shown with its id.
#[test]
fn a_public_url_may_end_with_a_slash() {
    let trello = of("trello");
    let listening = Listening::start(&[&trello], &[]);
    for outcome in ["handled", "done"] {
        let mut socket = listening.connect();
        socket.write_all(&raw(trello, "POST", "", r#"{"action":{"id":"a1"}}"#)).expect("sent");
        assert!(answer(&mut socket).contains("200"));
        until(outcome, || listening.printed("trello", outcome) == 1);
    }
    let lines = listening.printed.lock().expect("lines");
    assert!(lines.iter().all(|line| line["id"] == "a1"), "{lines:?}");
}

/// Its path is the root.
#[test]
fn a_url_without_a_path_has_its_query() {
    let url = |url: &str| json!({"provider": "azure-event-grid", "secret": SECRET, "url": url, "body": "[]"});
    let secret = format!("?secret={SECRET}");
    let verdicts =
        check(&[url(&format!("https://a.example{secret}")), url(&format!("https://a.example/{secret}"))]);
    assert!(verdicts.iter().all(|verdict| verdict["verdict"] == "accept"), "{verdicts:?}");
}

#[test]
fn why_there_is_no_answer_is_said_once() {
    let send = ["send", "--provider", "stripe", "--secret", SECRET, "--url", "http://127.0.0.1:1/"];
    let output = hookgate(&[&send[..], &["--count", "3", "--max-attempts", "2"]].concat(), "");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(errors.matches("no answer: ").count(), 1, "{errors}");
    assert!(errors.contains("refused"), "{errors}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("no answer: 6"));
    // What no request can be made of is not tried.
    let application = Application::ok();
    let output = application.send("stripe", &["--header", "x-note: a\u{1}b"]);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains("this can be no header") && errors.contains("x-note"), "{errors}");
    assert_eq!((output.status.code(), application.came().len()), (Some(1), 0));
}

#[test]
fn a_receiver_may_ask_for_a_pause_by_a_date() {
    let later = ("retry-after", "Fri, 01 Jan 2100 00:00:00 GMT");
    let application = Application::start(503, Some(later), Duration::ZERO);
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookgate"));
    command.args(["send", "--provider", "stripe", "--secret", SECRET, "--url", &application.url]);
    let mut child = command.stdout(Stdio::null()).spawn().expect("a process");
    until("a first attempt", || !application.came().is_empty());
    std::thread::sleep(Duration::from_millis(1_500));
    let attempts = application.came().len();
    child.kill().expect("it waits");
    child.wait().expect("an end");
    assert_eq!(attempts, 1);
}

#[test]
fn the_example_of_a_sender_gives_up() {
    let application = Application::start(503, Some(("retry-after", "0")), Duration::ZERO);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let given_up = runtime.block_on(async {
        let client = reqwest::Client::new();
        let sent = sender::deliver(&client, &application.url, secret, "msg_1", "{}");
        let sent = tokio::time::timeout(Duration::from_secs(10), sent).await;
        sent.expect("an end").expect_err("never accepted").to_string()
    });
    assert_eq!(given_up, "msg_1: given up");
    assert_eq!(application.came().len(), 7);
}
