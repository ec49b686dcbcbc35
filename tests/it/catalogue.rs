//! The table of all providers, in step with what is built.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use hookgate::{providers, scheme::Scheme};
use serde_json::Value;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The best that the vectors of each scheme come from.
fn origins() -> BTreeMap<String, &'static str> {
    const BEST_LAST: [(&str, &str); 4] =
        [("computed", "computed"), ("generated-sdk", "SDK"), ("sdk-test", "SDK"), ("docs", "published")];
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for file in std::fs::read_dir(folder("tests/vectors")).expect("a folder") {
        let path = file.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a text");
        for vector in serde_json::from_str::<Vec<Value>>(&text).expect("vectors") {
            let scheme = vector["scheme"].as_str().unwrap_or(&name).to_owned();
            let origin = vector["origin"].as_str().expect("an origin");
            let rank = BEST_LAST.iter().position(|(known, _)| *known == origin);
            let rank = rank.unwrap_or_else(|| panic!("{name}: origin {origin}"));
            if vector["expect"] == "valid" {
                let best = found.entry(scheme).or_default();
                *best = rank.max(*best);
            }
        }
    }
    found.into_iter().map(|(scheme, rank)| (scheme, BEST_LAST[rank].1)).collect()
}

fn bound(scheme: &Scheme) -> String {
    let bound = scheme.bound();
    let parts = [
        ("body", bound.body),
        ("time", bound.timestamp),
        ("id", bound.id),
        ("type", bound.event_type),
        ("URL", bound.url),
    ];
    let covered: Vec<&str> = parts.iter().filter(|(_, covered)| *covered).map(|(name, _)| *name).collect();
    if covered.is_empty() { "nothing".to_owned() } else { covered.join(", ") }
}

fn table() -> String {
    let origins = origins();
    let mut table = String::from(
        "| provider | algorithm | signature | covered | event id | event type | challenge | vectors |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for scheme in providers::ALL {
        let cell = |text: Option<String>| {
            text.unwrap_or_else(|| "–".to_owned()).replace('|', "\\|").replace('*', "\\*")
        };
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
            scheme.name(),
            scheme.algorithm(),
            cell(Some(scheme.signature_place())),
            bound(scheme),
            cell(scheme.id_place()),
            cell(scheme.event_type_place()),
            cell(scheme.handshake()),
            origins.get(scheme.name()).copied().unwrap_or("–"),
        )
        .expect("a line");
    }
    table
}

/// `HOOKGATE_WRITE_DOCS=1` writes the table instead.
#[test]
fn the_table_in_the_documentation_is_in_step() {
    let path = folder("docs/providers.md");
    let text = std::fs::read_to_string(&path).expect("a text");
    let (before, _) = text.split_once("| provider |").expect("a table");
    let whole = format!("{before}{}", table());
    if std::env::var_os("HOOKGATE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &whole).expect("written");
    }
    assert!(whole == text, "docs/providers.md is behind: run this test with HOOKGATE_WRITE_DOCS=1");
}

#[test]
fn providers_are_named_once_and_in_order() {
    let names: Vec<&str> = providers::ALL.iter().map(Scheme::name).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(names.len(), unique.len(), "no name twice");
    for name in names {
        assert!(
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte)),
            "{name}"
        );
        assert_eq!(providers::find(name).map(|scheme| scheme.name()), Some(name));
    }
    assert!(providers::find("nobody").is_none());
}

/// What an outsider writes for a provider that is not in the catalogue: one constant, and no logic.
mod outside {
    use hookgate::{
        Provider, UnixTime, Verifier,
        scheme::{
            Batch,
            Part::{Body, Lit, Timestamp},
            Scheme, field, header, json,
        },
        testing::Signer,
    };

    struct Acme;

    impl Provider for Acme {
        const SCHEME: Scheme = Scheme::hmac_sha256("acme")
            .signature(header("x-acme-signature").pairs(',', '=', "v1"))
            .signs(&[Timestamp, Lit("."), Body])
            .timestamp(field("t").seconds())
            .id(json("/id"))
            .event_type(json("/type"))
            .batch(Batch::of("/events").id("/id"));
    }

    #[test]
    fn a_provider_takes_one_constant() {
        let now = UnixTime::from_secs(1_800_000_000);
        let signed =
            Signer::new::<Acme>("acme-0123456789abcdef").at(now).sign(r#"{"id":"a1","type":"paid"}"#);
        let signed = signed.expect("a delivery");
        let verifier =
            Verifier::builder::<Acme>().secret("acme-0123456789abcdef").build().expect("a verifier");
        let delivery = verifier.verify(signed.head(), signed.body().clone(), now).expect("authentic");
        assert_eq!(delivery.id().map(|id| id.as_str()), Some("a1"));
        assert!(delivery.bound().body && delivery.bound().timestamp && delivery.id_is_signed());
    }
}
