//! Writes where fuzzing begins, `corpus/<target>/seed-*`, from the vectors and keys of the tests. A crate of its
//! own, so that it is built in a moment and without what fuzzing adds to code.
//!
//! Inputs are read by `arbitrary`: a variant is four bytes, a list goes on where a byte is odd, and what is left is
//! the last text.

use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    io,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

struct Seeds {
    corpus: PathBuf,
    written: usize,
}

impl Seeds {
    fn add(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder)?;
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        self.written += 1;
        fs::write(folder.join(format!("seed-{:016x}", hasher.finish())), bytes)
    }
}

/// The bytes that are read as this variant of an enum of so many.
fn variant(number: u64, of: u64) -> [u8; 4] {
    let middle = ((number << 32) + (1 << 31)) / of;
    (middle as u32).to_le_bytes()
}

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder").to_owned();
    let tests = fuzz.parent().expect("a folder").join("tests");
    let mut seeds = Seeds { corpus: fuzz.join("corpus"), written: 0 };
    for file in fs::read_dir(tests.join("vectors"))? {
        let path = file?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let vectors: Vec<Value> = serde_json::from_slice(&fs::read(&path)?)?;
        for vector in &vectors {
            of_vector(&mut seeds, vector["scheme"].as_str().unwrap_or(&name), vector)?;
        }
    }
    let handshakes: Vec<Value> = serde_json::from_slice(&fs::read(tests.join("handshakes.json"))?)?;
    for vector in &handshakes {
        let provider = vector["provider"].as_str().expect("a name");
        for signed in [0, 1] {
            let text = [&[signed], provider.as_bytes(), b"\n", &wire(vector)[..]].concat();
            seeds.add("challenges", &text)?;
        }
        seeds.add("check", line(provider, vector).as_bytes())?;
    }
    secrets(&mut seeds, &tests)?;
    timestamps(&mut seeds)?;
    println!("{} seeds", seeds.written);
    Ok(())
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().unwrap_or_default()
}

/// The vector as a request is written.
fn wire(vector: &Value) -> Vec<u8> {
    let url = text(vector, "url");
    let at = url.match_indices('/').nth(2).map_or(url.len(), |(at, _)| at);
    let target = if at == url.len() { "/" } else { &url[at..] };
    let mut wire = format!("{} {target}\n", text(vector, "method"));
    for (name, value) in vector["headers"].as_object().into_iter().flatten() {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for value in values {
            wire.push_str(&format!("{name}: {}\n", value.as_str().unwrap_or_default()));
        }
    }
    format!("{wire}\n{}", text(vector, "body")).into_bytes()
}

/// The vector as a line of `hookgate check`.
fn line(provider: &str, vector: &Value) -> String {
    let mut line = vector.clone();
    line["provider"] = provider.into();
    if line.get("now").is_none() {
        line["now"] = json!(1_800_000_000);
    }
    for name in ["source", "why", "origin", "expect", "answer", "answer_headers"] {
        line.as_object_mut().expect("an object").remove(name);
    }
    line.to_string()
}

fn of_vector(seeds: &mut Seeds, scheme: &str, vector: &Value) -> io::Result<()> {
    let body = text(vector, "body").as_bytes();
    seeds.add("check", line(scheme, vector).as_bytes())?;
    // A request as it is written, no edits, any scheme, no time.
    let start = [&variant(2, 3)[..], &[0], &[0, 0], &[0; 4]].concat();
    seeds.add("schemes", &[&start[..], scheme.as_bytes(), b"\n", &wire(vector)].concat())?;
    for (kind, place) in [(0_u64, 2_u8), (2, 8), (1, 0)] {
        // Read as JSON, in a field and as a form; without a type; as it is.
        seeds.add("events", &[&variant(kind, 3)[..], &[place, 1], body].concat())?;
    }
    let small = body.len() <= 1500;
    if small {
        for provider in 0..3 {
            // Signed by the right key, a handler that succeeds, one frame.
            let case = [&[provider, 1, 1, 1, 0, 0, 0, 0][..], body].concat();
            seeds.add("door", &case)?;
        }
        for kind in 0..6 {
            let kind = variant(kind, 6);
            // One piece and its mark, the time of signing.
            let signature =
                [&[1][..], &variant(0, 4), &[1], &variant(3, 4), &variant(0, 7), &variant(0, 6), &[0]]
                    .concat();
            let time = [&[0][..], &variant(1, 3), &[0, 0]].concat();
            let rest = [0, 0, 3, 5, 7];
            seeds.add("differential", &[&kind[..], &signature, &time, &rest, body].concat())?;
        }
    }
    Ok(())
}

/// Keys in every form that they are written in, for a spread of schemes.
fn secrets(seeds: &mut Seeds, tests: &Path) -> io::Result<()> {
    let mut texts: Vec<String> = Vec::new();
    for key in fs::read_dir(tests.join("keys"))? {
        texts.push(fs::read_to_string(key?.path())?);
    }
    texts.push(
        json!({"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})
        .to_string(),
    );
    texts.push(
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
            .to_string(),
    );
    for text in [
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "changeme",
        "user:password-of-a-length",
        "${SECRET}",
        "0x00",
    ] {
        texts.push(text.to_owned());
    }
    for text in &texts {
        for scheme in (0..320_u16).step_by(if text.len() > 200 { 8 } else { 4 }) {
            let start = [&scheme.to_le_bytes()[..], &[(scheme & 4) as u8 / 4, 0], &variant(0, 7)].concat();
            seeds.add("secrets", &[&start[..], text.as_bytes()].concat())?;
        }
    }
    Ok(())
}

fn timestamps(seeds: &mut Seeds) -> io::Result<()> {
    const TIMES: [(u64, &str); 12] = [
        (0, "1700000000"),
        (0, "0"),
        (0, "999999999999"),
        (0, "01700000000"),
        (1, "1700000000123"),
        (1, "999999999999999"),
        (2, "2026-11-24T03:04:05.678Z"),
        (2, "2000-02-29T12:00:00.123456789+00:00"),
        (2, "1996-12-19T16:39:57-08:00"),
        (3, "2026-11-24T03:04:05"),
        (4, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (4, "Wed, 29 Feb 2012 23:59:59 GMT"),
    ];
    for (unit, time) in TIMES {
        for now in 0..3 {
            let now = [&variant(now + 1, 4)[..], &[0; 4][..if now == 0 { 4 } else { 1 }]].concat();
            let start = [&variant(unit, 5)[..], &[0, 1], &300_u32.to_le_bytes(), &now].concat();
            seeds.add("timestamps", &[&start[..], &variant(0, 3), time.as_bytes()].concat())?;
        }
    }
    Ok(())
}
