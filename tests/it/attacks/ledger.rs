//! The list of attacks and the tests that name them, compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::Deserialize;

const GROUPS: [&str; 12] =
    ["SIG", "KEY", "ALG", "CAN", "TIM", "DED", "STO", "HTTP", "RES", "LIF", "OUT", "PAY"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ledger {
    source: String,
    attacks: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    attack: String,
    expected: String,
    by: By,
    reason: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum By {
    Test,
    NotTested,
}

/// The names of attacks in a text: a group, a hyphen and two digits, not part of a longer word.
fn names(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for group in GROUPS {
        for (at, _) in text.match_indices(group) {
            let rest = text[at + group.len()..].strip_prefix('-').unwrap_or_default();
            let digits = rest.chars().take_while(char::is_ascii_digit).count();
            let after = rest[digits..].chars().next();
            let before = text[..at].chars().next_back();
            let in_word = |mark: Option<char>| mark.is_some_and(|mark| mark.is_alphanumeric() || mark == '-');
            if digits == 2 && !in_word(before) && !in_word(after) {
                found.insert(format!("{group}-{}", &rest[..digits]));
            }
        }
    }
    found
}

/// What each file under a folder names.
fn search(folder: &Path, found: &mut BTreeMap<String, Vec<String>>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            search(&entry, found);
        } else if entry.extension().is_some_and(|kind| kind == "rs") && !entry.ends_with("attacks/ledger.rs")
        {
            let source = fs::read_to_string(&entry).expect("a source file");
            // What stands at the top of a file says where to look, and is no test.
            let source: Vec<&str> =
                source.lines().filter(|line| !line.trim_start().starts_with("//!")).collect();
            for name in names(&source.join("\n")) {
                found.entry(name).or_default().push(entry.display().to_string());
            }
        }
    }
}

#[test]
fn the_ledger_and_the_tests_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ledger: Ledger = serde_json::from_str(include_str!("../../attacks.json")).expect("a list of attacks");
    assert!(!ledger.source.is_empty());
    let mut named = BTreeMap::new();
    search(&root.join("tests"), &mut named);
    search(&root.join("src"), &mut named);
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    for entry in &ledger.attacks {
        let id = &entry.id;
        if names(id) != BTreeSet::from([id.clone()]) || !known.insert(id.clone()) {
            wrong.push(format!("{id}: no name of an attack, or in the list twice"));
        }
        if entry.attack.is_empty() || entry.expected.is_empty() {
            wrong.push(format!("{id}: it says too little"));
        }
        let reason = entry.reason.as_deref().is_some_and(|reason| !reason.is_empty());
        match (entry.by, named.get(id)) {
            (By::Test, None) => wrong.push(format!("{id}: no test names it")),
            (By::NotTested, Some(files)) => wrong.push(format!("{id}: not tested, but named in {files:?}")),
            (By::NotTested, None) if !reason => wrong.push(format!("{id}: not tested, for no reason")),
            _ => {}
        }
        if entry.by == By::Test && entry.reason.is_some() {
            wrong.push(format!("{id}: a reason to test it"));
        }
    }
    for (name, files) in named.iter().filter(|(name, _)| !known.contains(*name)) {
        wrong.push(format!("{name}: named in {files:?}, and not in the list"));
    }
    assert_eq!(known.len(), 188);
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}

#[test]
fn names_are_found_as_they_are_written() {
    let text = "/// SIG-01: x. KEY-15, TIM-1 TIM-123 RES-09; aSIG-02 \"CAN-12 {x}\" ALG-01-A DED-x HTTP-09.";
    let found: Vec<String> = names(text).into_iter().collect();
    assert_eq!(found, ["CAN-12", "HTTP-09", "KEY-15", "RES-09", "SIG-01"]);
}
