//! What the targets share: every provider's scheme with a verifier and a signer, and requests to change.

mod bench;
mod body;
mod edit;
mod wire;

pub use self::{
    bench::{
        Bench, CONFIG, NOW, OTHER, SECRET, Sample, bench, bench_of_line, benches, changed_nothing_signed,
        configured, signer,
    },
    body::{Kind, value},
    edit::Edit,
    wire::Wire,
};

/// `bytes` as a word of letters, digits, `_` and `-`, never empty.
pub fn word(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    let letters = bytes.iter().take(60).map(|byte| char::from(LETTERS[usize::from(byte & 63)]));
    ["e"].into_iter().map(str::to_owned).chain(letters.map(String::from)).collect()
}

/// Whether a text would be told from what messages say of themselves, which a fuzzer learns to write.
pub fn is_telling(text: &str) -> bool {
    text.len() >= 12 && text.contains(['!', '#', '%', '~'])
}
