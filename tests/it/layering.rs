//! Imports run downward only.

use std::{fs, path::Path};

/// The modules of the house, each with its floor. A module may use those below it, and itself.
const FLOORS: &[(&str, u8)] = &[
    ("error", 0),
    ("secret", 0),
    ("headers", 0),
    ("clock", 0),
    ("delivery", 1),
    ("event", 2),
    ("scheme", 2),
    ("crypto", 3),
    ("providers", 3),
    ("verify", 4),
    ("telemetry", 4),
    ("handshake", 5),
    ("store", 5),
    ("receiver", 6),
    ("tower", 7),
    ("axum", 7),
    ("actix", 7),
    ("testing", 8),
    ("cli", 9),
    ("bin", 10),
    // The chapters, which are no code.
    ("guide", 11),
];

fn floor(module: &str) -> u8 {
    let known = FLOORS.iter().find(|(name, _)| *name == module);
    known.unwrap_or_else(|| panic!("the module {module} has no floor")).1
}

/// The modules that a source file names after `crate::`, alone or in braces.
fn uses(source: &str) -> Vec<String> {
    let code =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for rest in code.split("crate::").skip(1) {
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let end = list.find(|c: char| {
                depth += match c {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                depth < 0
            });
            let (mut depth, mut word) = (0, String::new());
            for c in list[..end.expect("braces close")].chars().chain([',']) {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut word)),
                    _ if depth == 0 => word.push(c),
                    _ => {}
                }
            }
        } else {
            found.push(rest.to_owned());
        }
    }
    let first = |path: String| {
        path.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned)
    };
    found.into_iter().filter_map(first).filter(|name| name.starts_with(char::is_lowercase)).collect()
}

fn check(path: &Path, module: &str, wrong: &mut Vec<String>) {
    for entry in fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            check(&entry, module, wrong);
        } else {
            check_file(&entry, module, wrong);
        }
    }
}

fn check_file(path: &Path, module: &str, wrong: &mut Vec<String>) {
    let source = fs::read_to_string(path).expect("a source file");
    // What tests use does not bind the house.
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    for used in uses(source) {
        if used != module && floor(&used) >= floor(module) {
            wrong.push(format!("{}: {module} uses {used}", path.display()));
        }
    }
}

#[test]
fn imports_run_downward_only() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(&src).expect("src").map(|entry| entry.expect("an entry").path()) {
        let module = entry.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        if module == "lib" {
            continue;
        }
        seen += 1;
        if entry.is_dir() {
            check(&entry, &module, &mut wrong)
        } else {
            check_file(&entry, &module, &mut wrong)
        }
    }
    assert_eq!(seen, FLOORS.len(), "a module is missing from the floors, or the other way round");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn this_test_would_notice() {
    let source =
        "use crate::{\n    a::{b, c},\n    tower::X,\n};\nfn f() { crate::axum::g() }\n// crate::nothing\n";
    assert_eq!(uses(source), ["a", "tower", "axum"]);
}

#[test]
fn files_can_be_read_in_one_sitting() {
    fn longest(path: &Path, found: &mut Vec<(usize, String)>) {
        for entry in fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                longest(&entry, found);
            } else {
                let source = fs::read_to_string(&entry).expect("a source file");
                let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                found.push((code.lines().count(), entry.display().to_string()));
            }
        }
    }
    let mut found = Vec::new();
    longest(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let long: Vec<_> = found.into_iter().filter(|(lines, _)| *lines > 450).collect();
    assert!(long.is_empty(), "{long:?}");
}
