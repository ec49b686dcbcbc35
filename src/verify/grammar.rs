//! How signatures are written: a header value in, candidate tags out.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD},
};
use smallvec::SmallVec;

use crate::{
    crypto::{self, Tag},
    error::Reason,
    scheme::{Code, Encoding, Grammar, Proof, Signature},
};

/// The longest signature value that is looked at.
pub(crate) const MOST_BYTES: usize = 8 * 1024;
/// The most candidate signatures of one request.
pub(crate) const MOST_CANDIDATES: usize = 16;
/// The most elements of a list, signatures or not.
const MOST_ELEMENTS: usize = 64;

/// What may be the signature of a request.
#[derive(Default)]
pub(crate) struct Candidates {
    /// MACs, digests, and digests of tokens.
    pub(crate) tags: SmallVec<[Tag; 2]>,
    /// Signatures by private keys, and web tokens as they are written.
    pub(crate) long: Vec<Vec<u8>>,
}

impl Candidates {
    pub(crate) fn len(&self) -> usize {
        self.tags.len() + self.long.len()
    }

    fn add(&mut self, encoding: Encoding, proof: Proof, text: &[u8]) {
        match proof {
            Proof::Jwt(_) => self.long.push(text.to_vec()),
            Proof::Public(_) => self.long.extend(decode_long(encoding, text)),
            Proof::Code(_) if encoding == Encoding::Raw => self.long.push(text.to_vec()),
            Proof::Code(Code::AwsSns) => self.long.extend(decode_long(encoding, text)),
            _ => {
                if let Some(tag) = decode(encoding, proof, text) {
                    self.tags.push(tag);
                }
            }
        }
    }
}

/// The candidate signatures in `value`, added to those found before.
///
/// The form of the list must be right in every element. A candidate that does not decode is skipped,
/// as the providers' own libraries do, but counts.
pub(crate) fn read(
    form: &Signature,
    proof: Proof,
    value: &[u8],
    found: &mut Candidates,
) -> Result<usize, Reason> {
    let mut count = 0;
    let mut candidate = |text: &[u8]| {
        count += 1;
        if count > MOST_CANDIDATES {
            return Err(Reason::TooManySignatures);
        }
        let text = if form.trailing_comma { text.strip_suffix(b",").unwrap_or(text) } else { text };
        found.add(form.encoding, proof, text);
        Ok(())
    };
    let value = signature_text(form, value)?;
    match form.grammar {
        Grammar::One => candidate(value)?,
        Grammar::List { skip, .. } => {
            for (place, element) in elements(form, value).enumerate() {
                let element = element?;
                if place >= usize::from(skip) {
                    candidate(element)?;
                }
            }
        }
        Grammar::Pairs { assign, key, .. } => {
            for element in elements(form, value) {
                let (name, text) = pair(element?, assign)?;
                if key.is_none_or(|key| key.as_bytes() == name) {
                    candidate(text)?;
                }
            }
        }
    }
    Ok(count)
}

/// The value of the key `name` in the list, or of the element of that number in a positional list.
/// Twice is malformed, but for groups that agree.
pub(crate) fn field<'a>(form: &Signature, value: &'a [u8], name: &str) -> Result<Option<&'a [u8]>, Reason> {
    let value = signature_text(form, value)?;
    let mut found: Option<&[u8]> = None;
    match form.grammar {
        Grammar::One => {}
        Grammar::List { .. } => {
            let place = name.parse::<usize>().map_err(|_| Reason::SignatureMalformed)?;
            found = elements(form, value).nth(place).transpose()?;
        }
        Grammar::Pairs { assign, .. } => {
            for element in elements(form, value) {
                let (key, text) = pair(element?, assign)?;
                if key != name.as_bytes() {
                    continue;
                }
                match found {
                    Some(first) if form.groups.is_none() || first != text => {
                        return Err(Reason::SignatureMalformed);
                    }
                    _ => found = Some(text),
                }
            }
        }
    }
    Ok(found)
}

/// What is left of the value behind its prefix and mark.
fn signature_text<'a>(form: &Signature, value: &'a [u8]) -> Result<&'a [u8], Reason> {
    // In a body the limit on bodies is enough.
    if value.len() > MOST_BYTES && form.place.is_in_head() {
        return Err(Reason::SignatureTooLong);
    }
    let stripped = match form.prefix.as_bytes() {
        // Not compared: an empty text has no address, and comparing with what is there takes long.
        [] => Some(value),
        // The name of an authentication scheme is in any case (RFC 9110, section 11.1).
        [.., b' '] => strip_any_case(value, form.prefix.as_bytes()),
        prefix => value.strip_prefix(prefix),
    };
    let text = match stripped {
        Some(text) => text,
        None if form.prefix_optional => value,
        None => return Err(Reason::SignatureMalformed),
    };
    let text = match form.after {
        None => text,
        Some(mark) => {
            let at = memchr::memchr(mark as u8, text).ok_or(Reason::SignatureMalformed)?;
            text.get(at + 1..).unwrap_or_default()
        }
    };
    if text.is_empty() { Err(Reason::SignatureMalformed) } else { Ok(text) }
}

fn strip_any_case<'a>(value: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = value.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// The elements of a list, none of them empty, not too many.
fn elements<'a>(form: &Signature, text: &'a [u8]) -> impl Iterator<Item = Result<&'a [u8], Reason>> {
    let separator = match form.grammar {
        Grammar::List { separator, .. } | Grammar::Pairs { separator, .. } => separator,
        Grammar::One => ',',
    };
    let (groups, spaced) = (form.groups.unwrap_or(separator), form.spaced);
    split(text, separator, groups).enumerate().map(move |(place, element)| {
        let element = if spaced { element.trim_ascii() } else { element };
        match place < MOST_ELEMENTS && !element.is_empty() {
            true => Ok(element),
            false => Err(Reason::SignatureMalformed),
        }
    })
}

/// What is between these two ASCII marks.
fn split(text: &[u8], one: char, other: char) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr2(one as u8, other as u8, text);
        rest = end.and_then(|end| text.get(end + 1..));
        end.map_or(Some(text), |end| text.get(..end))
    })
}

fn pair(element: &[u8], assign: char) -> Result<(&[u8], &[u8]), Reason> {
    // Keys are short: searching for many bytes at once takes longer to begin than this to end.
    let at = element.iter().position(|byte| *byte == assign as u8).ok_or(Reason::SignatureMalformed)?;
    match element.split_at_checked(at) {
        Some((key, [_, value @ ..])) if !key.is_empty() && !value.is_empty() => Ok((key, value)),
        _ => Err(Reason::SignatureMalformed),
    }
}

/// A signature by a private key: up to the 1024 bytes of the largest RSA keys.
fn decode_long(encoding: Encoding, text: &[u8]) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Raw => Some(text.to_vec()),
        Encoding::Hex if text.starts_with(b"0x") => None,
        Encoding::Hex => const_hex::decode(text).ok(),
        Encoding::Base64 => STANDARD.decode(text).ok(),
        Encoding::Base64Url if text.ends_with(b"=") => URL_SAFE.decode(text).ok(),
        Encoding::Base64Url => URL_SAFE_NO_PAD.decode(text).ok(),
    }
}

fn decode(encoding: Encoding, proof: Proof, text: &[u8]) -> Option<Tag> {
    if !proof.signs() {
        // Digests of tokens are compared, so that their lengths do not show either.
        return match encoding {
            Encoding::Raw => Tag::new(&crypto::sha256(text)),
            _ => Tag::new(&crypto::sha256(&STANDARD.decode(text).ok()?)),
        };
    }
    let mut buffer = [0; Tag::MOST + 2];
    let bytes = match encoding {
        Encoding::Raw => text,
        Encoding::Hex => {
            let bytes = text.len().is_multiple_of(2).then(|| buffer.get_mut(..text.len() / 2))??;
            // A slice of half the length also refuses the `0x` that the decoder would skip.
            const_hex::decode_to_slice(text, bytes).ok()?;
            bytes
        }
        // Signatures are no secrets, so this need not take the same time for all of them.
        Encoding::Base64 => filled(STANDARD.decode_slice(text, &mut buffer), &buffer)?,
        Encoding::Base64Url if text.ends_with(b"=") => {
            filled(URL_SAFE.decode_slice(text, &mut buffer), &buffer)?
        }
        Encoding::Base64Url => filled(URL_SAFE_NO_PAD.decode_slice(text, &mut buffer), &buffer)?,
    };
    Tag::new(bytes)
}

fn filled<E>(decoded: Result<usize, E>, buffer: &[u8]) -> Option<&[u8]> {
    buffer.get(..decoded.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::{Hash, header};

    fn tags(form: Signature, value: &str) -> Result<Vec<Vec<u8>>, Reason> {
        let mut found = Candidates::default();
        read(&form, Proof::Hmac(Hash::Sha256), value.as_bytes(), &mut found)?;
        Ok(found.tags.iter().map(|tag| tag.to_vec()).collect())
    }

    #[test]
    fn hex_is_hex_and_nothing_else() {
        let form = header("x").hex();
        assert_eq!(tags(form, "00ffAb"), Ok(vec![vec![0, 255, 0xab]]));
        for bad in ["0x00", "0x0011", "0", "zz", "00 11", "é0"] {
            assert_eq!(tags(form, bad), Ok(vec![]), "{bad:?}");
        }
        assert_eq!(tags(form, ""), Err(Reason::SignatureMalformed));
    }

    #[test]
    fn base64_is_canonical() {
        let form = header("x").base64();
        assert_eq!(tags(form, "AAE="), Ok(vec![vec![0, 1]]));
        for bad in ["AAF=", "AAE", "AA E=", "AAE=\n", "-_8=", "AAE=="] {
            assert_eq!(tags(form, bad), Ok(vec![]), "{bad:?}");
        }
        let url = header("x").base64url();
        assert_eq!(tags(url, "-_8="), tags(url, "-_8"));
        assert_eq!(tags(url, "+/8="), Ok(vec![]));
    }

    #[test]
    fn prefixes_are_compared_to_the_letter() {
        let form = header("x").prefix("sha256=").hex();
        assert_eq!(tags(form, "sha256=00"), Ok(vec![vec![0]]));
        for bad in ["00", "SHA256=00", "sha256 = 00", "sha1=00", "sha256="] {
            assert_eq!(tags(form, bad), Err(Reason::SignatureMalformed), "{bad:?}");
        }
        assert_eq!(tags(form, "sha256=sha256=00"), Ok(vec![]));
        assert_eq!(tags(form.prefix_optional(), "00"), Ok(vec![vec![0]]));
    }

    #[test]
    fn lists_are_well_formed_throughout() {
        let form = header("x").pairs(',', '=', "v1");
        assert_eq!(tags(form, "t=1,v1=00,v0=11,v1=22"), Ok(vec![vec![0], vec![0x22]]));
        assert_eq!(tags(form, "t=1,v0=11"), Ok(vec![]));
        for bad in ["t=1,v1=00,", ",v1=00", "t=1,v1", "v1=", "=00", "=", "t=1,,v1=00", "not a signature"] {
            assert_eq!(tags(form, bad), Err(Reason::SignatureMalformed), "{bad:?}");
        }
        let many = ["v1=00"; MOST_CANDIDATES + 1].join(",");
        assert_eq!(tags(form, &many), Err(Reason::TooManySignatures));
        let junk = ["k=00"; 1000].join(",");
        assert_eq!(tags(form, &junk), Err(Reason::SignatureMalformed));
        assert_eq!(tags(form, &"v1=00,".repeat(2000)), Err(Reason::SignatureTooLong));
    }

    #[test]
    fn a_field_occurs_once_or_agrees_over_groups() {
        let form = header("x").pairs(',', '=', "v1");
        assert_eq!(field(&form, b"t=1,v1=00", "t"), Ok(Some(&b"1"[..])));
        assert_eq!(field(&form, b"v1=00", "t"), Ok(None));
        assert_eq!(field(&form, b"t=1,v1=00,t=1", "t"), Err(Reason::SignatureMalformed));
        let groups = form.groups(' ');
        assert_eq!(field(&groups, b"t=1,v1=00 t=1,v1=11", "t"), Ok(Some(&b"1"[..])));
        assert_eq!(field(&groups, b"t=1,v1=00 t=2,v1=11", "t"), Err(Reason::SignatureMalformed));
        let positional = header("x").positional(',', 1);
        assert_eq!(field(&positional, b"17,aa,bb", "0"), Ok(Some(&b"17"[..])));
        assert_eq!(tags(positional, "17,aa,bb"), Ok(vec![vec![0xaa], vec![0xbb]]));
    }

    #[test]
    fn odd_forms_that_providers_use() {
        assert_eq!(
            tags(header("x").prefix("Application ").after(':').base64(), "Application key:AAE="),
            Ok(vec![vec![0, 1]])
        );
        assert_eq!(tags(header("x").any_pairs('&', '|'), "pk|00&pk2|11"), Ok(vec![vec![0], vec![0x11]]));
        assert_eq!(tags(header("x").pairs(',', '=', "v1").spaced(), "t=1, v1=00"), Ok(vec![vec![0]]));
        let supabase = header("x").pairs(' ', ',', "v1").base64().trailing_comma();
        assert_eq!(tags(supabase, "v1,AAE=, v1,AAA="), Ok(vec![vec![0, 1], vec![0, 0]]));
    }

    #[test]
    fn signatures_by_private_keys_decode_in_their_one_spelling() {
        let long = |encoding, text: &str| decode_long(encoding, text.as_bytes());
        let bytes = Some(vec![0xfb, 0xff]);
        assert_eq!(long(Encoding::Hex, "fbff"), bytes);
        assert_eq!(long(Encoding::Hex, "0xfbff"), None);
        assert_eq!(long(Encoding::Base64, "+/8="), bytes);
        assert_eq!(long(Encoding::Base64, "+/8"), None);
        // Some providers pad what JSON web signatures do not.
        assert_eq!(long(Encoding::Base64Url, "-_8"), bytes);
        assert_eq!(long(Encoding::Base64Url, "-_8="), bytes);
        assert_eq!(long(Encoding::Base64Url, "+/8"), None);
    }

    #[test]
    fn a_list_has_at_most_so_many_elements() {
        let form = header("x").pairs(',', '=', "v1").hex();
        let list = |more: usize| tags(form, &format!("v1=00{}", ",v0=11".repeat(more)));
        assert_eq!(list(MOST_ELEMENTS - 1), Ok(vec![vec![0]]));
        assert_eq!(list(MOST_ELEMENTS), Err(Reason::SignatureMalformed));
    }
}
