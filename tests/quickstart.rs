//! The quickstart and its twin as a stranger uses them: started, and the printed `curl` lines pasted
//! into a shell.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

/// The example's binary, which `cargo test` builds beside the tests.
fn example(name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a path");
    let folder = this.parent().and_then(|deps| deps.parent()).expect("the target folder");
    let path = folder.join("examples").join(name);
    assert!(
        path.exists(),
        "{} is not built: run `cargo build --examples` with the features of this test",
        path.display()
    );
    path
}

struct Server {
    child: Child,
    lines: Receiver<String>,
}

impl Server {
    fn start(name: &str) -> Self {
        let mut command = Command::new(example(name));
        command.env("PORT", "0").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("a process");
        let (send, lines) = channel();
        let output = BufReader::new(child.stdout.take().expect("its output"));
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
        Self { child, lines }
    }

    /// The lines up to and with the first that starts like this.
    fn until(&self, start: &str) -> Vec<String> {
        let mut seen = Vec::new();
        for line in &self.lines {
            let found = line.starts_with(start);
            seen.push(line);
            if found {
                return seen;
            }
        }
        panic!("the output ended before {start:?}: {seen:#?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a line in a shell and returns what it prints.
fn paste(line: &str) -> String {
    let output = Command::new("sh").arg("-c").arg(line).output().expect("a shell");
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}

const TWINS: [&str; 2] = ["quickstart", "actix"];

#[test]
fn the_printed_lines_work_as_pasted() {
    TWINS.into_iter().for_each(paste_the_lines_of);
}

fn paste_the_lines_of(name: &str) {
    let server = Server::start(name);
    let printed = server.until("# failing");
    let curls: Vec<String> = printed.into_iter().filter(|line| line.starts_with("curl ")).collect();
    let [valid, again, forged, stripe, standard, slow] = curls.as_slice() else {
        panic!("not the lines that were expected: {curls:#?}");
    };
    let failing = server.until("curl ").pop().expect("a line");

    assert_eq!(paste(valid), "200");
    assert_eq!(
        server.until("handled").pop().as_deref(),
        Some("handled github ping 72d3162e-cc78-11e3-81ab-4c9367dc0958")
    );
    assert_eq!(paste(again), "200");
    assert_eq!(paste(forged), "401");
    assert_eq!(paste(stripe), "200");
    // Nothing was handled in between: neither the repeat nor the forgery.
    assert_eq!(server.until("handled"), ["an invoice was paid: evt_1", "handled stripe invoice.paid evt_1"]);
    assert_eq!(paste(standard), "200");
    assert_eq!(server.until("handled"), ["handled standard-webhooks user.created msg_1"]);
    assert_eq!(paste(&failing), "500");
    assert_eq!(paste(&failing), "500", "a failed event may be tried again");
    assert_eq!(server.until("failed"), ["failed github (attempt 1)"]);
    assert_eq!(server.until("failed"), ["failed github (attempt 2)"]);

    // Two at once: one is handled, the other is told to come back.
    let both = [slow.clone(), slow.clone()].map(|slow| thread::spawn(move || paste(&slow)));
    let mut both = both.map(|answer| answer.join().expect("an answer"));
    both.sort();
    assert_eq!(both, ["200", "503"]);
    assert_eq!(paste(slow), "200");
    assert_eq!(server.until("handled").len(), 1);

    let base =
        valid.rsplit('\'').nth(1).and_then(|url| url.strip_suffix("/webhooks/github")).expect("an address");
    assert_eq!(paste(&format!("curl -s -o /dev/null -w '%{{http_code}}' -X POST '{base}/unknown'")), "404");
    let refused = paste(&format!("curl -s -i -d x '{base}/webhooks/github'"));
    assert!(refused.starts_with("HTTP/1.1 401") && refused.contains("content-length: 0"), "{refused}");
}

#[test]
fn a_store_of_ones_own_keeps_the_contract() {
    let output = Command::new(example("own_store")).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.starts_with("the contract is kept\n"), "{output:?}");
}

#[test]
fn a_bad_setting_is_said_and_ends_it() {
    TWINS.into_iter().for_each(give_bad_settings_to);
}

fn give_bad_settings_to(name: &str) {
    let failed = |variable: &str, value: &str, said: &str| {
        let output = Command::new(example(name)).env("PORT", "0").env(variable, value).output();
        let output = output.expect("a process");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && errors.contains(said), "{name} {variable}={value}: {errors}");
    };
    failed("PORT", "no port", "PORT");
    failed("GITHUB_SECRET", "", "GITHUB_SECRET: secret 0 is empty");
    failed("STANDARD_SECRET", "whsec_###", "STANDARD_SECRET: secret 0 is not base64");
    failed("STRIPE_SECRET", "changeme", "STRIPE_SECRET: secret 0 looks like a placeholder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    failed("PORT", &port, "Is something running there?");
}

#[test]
fn what_happened_is_in_the_metrics() {
    let server = Server::start("observability");
    let printed = server.until("curl -s 'http");
    let curls: Vec<&String> = printed.iter().filter(|line| line.starts_with("curl ")).collect();
    let [valid, again, forged, .., failing, metrics] = curls.as_slice() else {
        panic!("not the lines that were expected: {curls:#?}");
    };
    assert_eq!([valid, again, forged, failing].map(|line| paste(line)), ["200", "200", "401", "500"]);
    let metrics = paste(metrics);
    let counted = |outcome, reason| {
        format!(
            "hookgate_deliveries_total{{provider=\"github\",outcome=\"{outcome}\",reason=\"{reason}\"}} 1"
        )
    };
    for line in [
        counted("handled", ""),
        counted("done", ""),
        counted("rejected", "signature_mismatch"),
        counted("released", "answered_5xx"),
        "hookgate_in_flight{provider=\"github\"} 0".to_owned(),
        "hookgate_verify_seconds_count{provider=\"github\"} 4".to_owned(),
        "hookgate_store_seconds_count{op=\"release\",result=\"ok\"} 1".to_owned(),
        "# HELP hookgate_deliveries_total Requests, by what became of them".to_owned(),
    ] {
        assert!(metrics.contains(&line), "{line}\n{metrics}");
    }
}

/// The names that start like this in a text.
fn names<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    let of_name = |letter: char| !letter.is_ascii_alphanumeric() && letter != '_';
    text.match_indices(start).map(move |(at, _)| &text[at..at + text[at..].find(of_name).unwrap_or(0)])
}

#[test]
fn the_dashboard_shows_every_metric_and_no_other() {
    use hookgate::telemetry::*;

    let text = std::fs::read_to_string("examples/observability/dashboard.json").expect("the dashboard");
    serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
    let known = [
        DELIVERIES,
        VERIFY_SECONDS,
        BODY_BYTES,
        IN_FLIGHT,
        HANDLER_SECONDS,
        STORE_SECONDS,
        CLAIMS_LOST,
        SETTLE_FAILED,
        MISMATCHES,
        EVICTED_EARLY,
        KEY_MATCHED,
    ];
    let shown: std::collections::BTreeSet<&str> = names(&text, "hookgate_")
        .map(|name| name.trim_end_matches("_bucket").trim_end_matches("_count"))
        .collect();
    assert_eq!(shown, known.into_iter().collect());
}
