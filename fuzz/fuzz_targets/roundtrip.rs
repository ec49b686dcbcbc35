//! Deliveries of every scheme that can be signed: each verifies, and with one bit changed, or bytes moved from
//! one value to another, it is refused or says the same in all that its signature covers.

#![no_main]

use arbitrary::Unstructured;
use hookgate::{Reason, UnixTime};
use hookgate_fuzz::{Edit, Kind, Wire, bench, changed_nothing_signed, word};
use libfuzzer_sys::{Corpus, fuzz_target};

fuzz_target!(|data: &[u8]| -> Corpus { run(&mut Unstructured::new(data)).unwrap_or(Corpus::Reject) });

fn run(u: &mut Unstructured<'_>) -> arbitrary::Result<Corpus> {
    let bench = bench(u.arbitrary()?);
    let name = bench.scheme.name();
    let Some(count) = bench.kinds.len().checked_sub(1) else { return Ok(Corpus::Reject) };
    let (place, bit): (u16, u8) = (u.arbitrary()?, u.arbitrary()?);
    let which: u8 = u.arbitrary()?;
    // Certificates are good for some time only, and tokens say seconds.
    let at = UnixTime::from_secs(1_796_000_000 + i64::from(u.int_in_range(0..=20_000_000_u32)?));
    let (id, event_type) = (word(u.arbitrary()?), word(u.arbitrary()?));
    let kind = bench.kinds[u.int_in_range(0..=count)?];
    let unnamed = bench.ours.clone().at(at);
    let mut signer = unnamed.clone().event_type(event_type);
    // In a body of another kind there is no room for one.
    if kind == Kind::Json {
        signer = signer.id(id);
    }
    let body = kind.body(u)?;
    // Not every scheme has a place for an id or a type.
    let signed = signer.sign(body.clone()).or_else(|_| unnamed.sign(body));
    let Ok(signed) = signed else { return Ok(Corpus::Reject) };
    let signed = Wire::from(&signed);
    let before = signed.verify(&bench.verifier, at);
    let before = match before {
        Ok(before) => before,
        // The body that was drawn says itself whom it is of, or is no delivery, and the signer leaves it as it is.
        Err(Reason::ClaimMismatch | Reason::OtherText) => return Ok(Corpus::Reject),
        Err(reason) => panic!("{name}: {reason}: {signed:?}"),
    };
    let mut wire = signed.clone();
    let edit = match which % 5 {
        0 => Edit::FlipBody { at: place, bit },
        1 => Edit::Flip { header: which / 5, at: place as u8, bit },
        2 => Edit::Target { at: place as u8, cut: 1, put: "x" },
        3 => Edit::Move { from: which / 5, to: place as u8, count: bit / 2, back: bit % 2 == 1 },
        _ => Edit::MoveText { from: which / 5, to: place as u8, count: bit / 2, back: bit % 2 == 1 },
    };
    edit.apply(&mut wire);
    if let Ok(after) = wire.verify(&bench.verifier, at) {
        changed_nothing_signed(bench, (&signed, &before), (&wire, &after));
    }
    Ok(Corpus::Keep)
}
