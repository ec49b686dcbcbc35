//! Whole requests of every kind of scheme, raw or signed and then changed: nothing panics, and only what
//! the key signed is accepted.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use hookgate::UnixTime;
use hookgate_fuzz::{Edit, NOW, Wire, bench, bench_of_line, changed_nothing_signed, word};
use libfuzzer_sys::{Corpus, fuzz_target};

#[derive(Arbitrary, Debug)]
enum Start {
    /// A signed body of the provider's kind, by the right key or by another one.
    Signed { ours: bool, kind: u8 },
    /// The sample's head with another body: all that is left of the input.
    Body,
    /// A request as it is written, behind a line with the provider's name.
    Text,
}

fuzz_target!(|data: &[u8]| -> Corpus { run(&mut Unstructured::new(data)).unwrap_or(Corpus::Reject) });

fn run(u: &mut Unstructured<'_>) -> arbitrary::Result<Corpus> {
    let start: Start = u.arbitrary()?;
    let edits: Vec<Edit<'_>> = u.arbitrary()?;
    let mut bench = bench(u.arbitrary()?);
    let later: i32 = u.arbitrary()?;
    let now = UnixTime::from_millis(NOW.as_millis() + i64::from(later) / 1000);
    let mut genuine = None;
    let mut wire = match (start, &bench.sample) {
        (Start::Text, _) => {
            let (named, text) = bench_of_line(u.bytes(u.len())?);
            bench = named;
            Wire::parse(text)
        }
        (_, None) => return Ok(Corpus::Reject),
        (Start::Signed { ours, kind }, Some(_)) => {
            let kind = bench.kinds[usize::from(kind) % bench.kinds.len()];
            let signer = if ours { &bench.ours } else { &bench.theirs };
            // With separators in it now and then.
            let text = |bytes: &[u8]| match bytes {
                [b'?', text @ ..] => String::from_utf8_lossy(text).into_owned(),
                letters => word(letters),
            };
            let named = signer.clone().id(text(u.arbitrary()?)).event_type(text(u.arbitrary()?));
            let body = kind.body(u)?;
            // Not every scheme has a place for an id or a type.
            let signed = named.sign(body.clone()).or_else(|_| signer.sign(body));
            let Ok(signed) = signed else { return Ok(Corpus::Reject) };
            let wire = Wire::from(&signed);
            if ours && let Ok(delivery) = wire.verify(&bench.verifier, NOW) {
                genuine = Some((wire.clone(), delivery));
            }
            wire
        }
        (Start::Body, Some(sample)) => {
            Wire { body: u.bytes(u.len())?.to_vec().into(), ..sample.theirs.clone() }
        }
    };
    let name = bench.scheme.name();
    edits.iter().for_each(|edit| edit.apply(&mut wire));
    if let Ok(after) = wire.verify(&bench.verifier, now) {
        let Some((signed, before)) = &genuine else {
            panic!("{name}: accepted what the key did not sign: {wire:?}");
        };
        changed_nothing_signed(bench, (signed, before), (&wire, &after));
        // What reads the body does so without a panic too.
        let _ = (after.items(), after.payload(), format!("{after:?}"));
    }
    Ok(Corpus::Keep)
}
