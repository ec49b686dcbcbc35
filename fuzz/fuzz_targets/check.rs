//! `hookgate check`: any bytes in, and out comes one verdict in JSON for each line that has something in it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|input: &[u8]| {
    let mut output = Vec::new();
    hookgate::cli::check(input, &mut output).expect("nothing fails in memory");
    let output = String::from_utf8(output).expect("text");
    let lines = input.split(|byte| *byte == b'\n');
    let asked = lines.filter(|line| !String::from_utf8_lossy(line).trim().is_empty()).count();
    let mut answered = 0;
    for line in output.lines() {
        let verdict: Value = serde_json::from_str(line).expect("JSON");
        let kind = verdict["verdict"].as_str().expect("a verdict");
        match kind {
            "accept" => assert!(verdict["key"].is_u64(), "{verdict}"),
            "handshake" => assert!(verdict["status"].is_u64(), "{verdict}"),
            "reject" => assert!(verdict["reason"].is_string() && verdict["hints"].is_array(), "{verdict}"),
            "error" => assert!(verdict["reason"].is_string(), "{verdict}"),
            other => panic!("{other}"),
        }
        answered += 1;
    }
    assert_eq!(asked, answered, "{output}");
});
