//! Header fields of every scheme, in any shape: nothing panics, nothing is accepted that the secret did
//! not sign, and a body in chunks is judged like the whole.

#![no_main]

use arbitrary::Arbitrary;
use hookgate_fuzz::{Edit, NOW, bench, changed_nothing_signed};
use libfuzzer_sys::{Corpus, fuzz_target};

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    scheme: u16,
    /// Whether the signature is of the right key, before the edits.
    ours: bool,
    chunks: [u8; 4],
    edits: Vec<Edit<'a>>,
}

fuzz_target!(|case: Case<'_>| -> Corpus { run(&case) });

fn run(case: &Case<'_>) -> Corpus {
    let bench = bench(case.scheme);
    let Some(sample) = &bench.sample else { return Corpus::Reject };
    let signed = if case.ours { &sample.ours } else { &sample.theirs };
    let mut wire = signed.clone();
    case.edits.iter().filter(|edit| edit.is_of_headers()).for_each(|edit| edit.apply(&mut wire));
    let whole = wire.verify(&bench.verifier, NOW);
    let chunked = wire.verify_in_chunks(&bench.verifier, NOW, &case.chunks);
    match (&whole, &chunked) {
        (Ok(whole), Ok(chunked)) => {
            assert_eq!(format!("{whole:?}"), format!("{chunked:?}"), "{}", bench.scheme.name());
            assert_eq!(whole.body(), chunked.body());
            assert_eq!(whole.key_index(), chunked.key_index());
        }
        (Err(whole), Err(chunked)) => assert_eq!(whole, chunked, "{}: {wire:?}", bench.scheme.name()),
        other => panic!("{}: whole and chunks differ: {other:?} {wire:?}", bench.scheme.name()),
    }
    if let Ok(after) = whole {
        assert!(case.ours, "{}: accepted what another key signed: {wire:?}", bench.scheme.name());
        changed_nothing_signed(bench, (signed, &sample.delivery), (&wire, &after));
    }
    Corpus::Keep
}
