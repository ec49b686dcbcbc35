//! The few schemes that no list of parts describes: each is one function from a request to what was
//! verified, behind the same table as all others.

pub(crate) mod adyen;
pub(crate) mod apple_jws;
pub(crate) mod aws_sns;
pub(crate) mod cavage;
pub(crate) mod contentful;
pub(crate) mod hook0;
pub(crate) mod message_signatures;
pub(crate) mod plivo_v3;
pub(crate) mod twilio;

use super::{
    Rules,
    grammar::Candidates,
    keys::{self, Keys},
    message::Values,
    pins::is_pinned,
    verification::Judged,
};
use crate::{
    clock::UnixTime,
    crypto::{MacKey, PublicKey, Search, Sha256Sum, Tag, sha256},
    delivery::{Bound, Content},
    error::{ConfigError, Reason},
    headers::{Field, Head},
    scheme::{Code, Hash, MessageAlgorithm, Proof, PublicAlgorithm, Scheme},
    secret::Secret,
};

/// The most signatures of one request that are checked with public keys.
const MOST_CHECKS: usize = 8;
/// The most values that a sender may name to be signed, and the most bytes of them: they are looked up and put
/// together before anybody is authenticated.
const MOST_NAMED: usize = 64;
const MOST_NAMED_BYTES: usize = 16 * 1024;

/// A whole request, and the signatures found in it.
pub(crate) struct Request<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) head: Head<'a>,
    pub(crate) candidates: &'a Candidates,
    pub(crate) values: Values<'a>,
    pub(crate) body: &'a [u8],
    pub(crate) now: UnixTime,
}

impl Code {
    /// Whether it cannot do without the public URL, even where that is not covered as a whole.
    pub(crate) fn signs_url(self) -> bool {
        matches!(self, Self::MessageSignatures(_))
    }
}

/// What a signature covers, where what it has to cover may be agreed on.
pub(crate) fn bound(scheme: &Scheme, required: Option<&str>, any_config: bool) -> Bound {
    match (scheme.proof, required) {
        (Proof::Code(Code::MessageSignatures(_)), Some(required)) => {
            message_signatures::bound(scheme, required)
        }
        (Proof::Code(Code::MessageSignatures(_)), None) if any_config => {
            message_signatures::bound(scheme, "")
        }
        _ => scheme.bound(),
    }
}

pub(crate) fn keys(code: Code, scheme: &Scheme, secrets: &[Secret]) -> Result<Keys, ConfigError> {
    let mac = |hash| keys::mac_keys(scheme, hash, secrets).map(Keys::Mac);
    let public = |algorithms: &[PublicAlgorithm]| {
        let of =
            |algorithm: &PublicAlgorithm| Ok((*algorithm, keys::public_keys(scheme, *algorithm, secrets)?));
        algorithms.iter().map(of).collect::<Result<_, _>>().map(Keys::Public)
    };
    match code {
        Code::Twilio => mac(Hash::Sha1),
        Code::Adyen | Code::Contentful | Code::Hook0 | Code::PlivoV3 => mac(Hash::Sha256),
        Code::MessageSignatures(MessageAlgorithm::HmacSha256) => mac(Hash::Sha256),
        Code::MessageSignatures(MessageAlgorithm::Public(algorithm)) => public(&[algorithm]),
        Code::AwsSns => public(&[PublicAlgorithm::RsaSha256, PublicAlgorithm::RsaSha1]),
        Code::Cavage => public(&[PublicAlgorithm::Ed25519]),
        Code::AppleJws => apple_jws::keys(secrets),
    }
}

pub(crate) fn judge(code: Code, request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    match code {
        Code::Adyen => adyen::judge(request, keys),
        Code::AppleJws => apple_jws::judge(request, keys),
        Code::AwsSns => aws_sns::judge(request, keys),
        Code::Cavage => cavage::judge(request, keys),
        Code::Contentful => contentful::judge(request, keys),
        Code::Hook0 => hook0::judge(request, keys),
        Code::MessageSignatures(algorithm) => message_signatures::judge(request, keys, algorithm),
        Code::PlivoV3 => plivo_v3::judge(request, keys),
        Code::Twilio => twilio::judge(request, keys),
    }
}

impl<'a> Request<'a> {
    /// Which of the keys made one of the candidates for this message.
    pub(crate) fn matching(
        &self,
        keys: &[(PublicAlgorithm, Vec<PublicKey>)],
        message: &[u8],
    ) -> Result<usize, Reason> {
        let all = keys.iter().flat_map(|(_, keys)| keys.iter().enumerate());
        let mut pairs =
            all.flat_map(|key| self.candidates.long.iter().map(move |signature| (key, signature)));
        let found =
            pairs.by_ref().take(MOST_CHECKS).find(|((_, key), signature)| key.verify(message, signature));
        match found {
            Some(((index, _), _)) => Ok(index),
            None if pairs.next().is_some() => Err(Reason::TooManySignatures),
            None => Err(Reason::SignatureMismatch),
        }
    }

    /// Which of the secrets made one of the candidates for one of these messages. All are tried.
    pub(crate) fn matching_mac(&self, keys: &Keys, messages: &[&[&[u8]]]) -> Result<Judged, Reason> {
        let key = matching_tag(keys, messages, &self.candidates.tags).ok_or(Reason::SignatureMismatch)?;
        Ok(Judged::new(key, content(messages.first().copied().unwrap_or_default())))
    }

    /// The values of the header fields that a sender names, all of them there.
    pub(crate) fn named(&self, names: &[String]) -> Result<Vec<&'a [u8]>, Reason> {
        let mut left = MOST_NAMED_BYTES;
        let value = |name: &String| {
            let value = self.header(name)?.ok_or(Reason::SignedPartMissing)?;
            left = left.checked_sub(value.len()).ok_or(Reason::SignatureTooLong)?;
            Ok(value)
        };
        names.iter().map(value).collect()
    }

    /// The one value of a header field.
    pub(crate) fn header(&self, name: &str) -> Result<Option<&'a [u8]>, Reason> {
        match self.head.field(name) {
            Field::Absent => Ok(None),
            Field::One(value) => Ok(Some(value)),
            Field::Conflicting => Err(Reason::SignatureRepeated),
        }
    }

    /// The same, as text.
    pub(crate) fn header_text(&self, name: &str) -> Result<Option<&'a str>, Reason> {
        let value = self.header(name)?.map(std::str::from_utf8).transpose();
        value.map_err(|_| Reason::SignatureMalformed)
    }

    /// The URL under which the provider knows this request.
    pub(crate) fn url(&self) -> Result<String, Reason> {
        self.rules.url(self.head)
    }
}

/// Which of the secrets made one of these tags for one of these messages, each given in pieces.
fn matching_tag(keys: &Keys, messages: &[&[&[u8]]], tags: &[Tag]) -> Option<usize> {
    let Keys::Mac(keys) = keys else { return None };
    matching_key(keys, messages, tags)
}

/// [`matching_tag`] among these keys.
pub(crate) fn matching_key(keys: &[MacKey], messages: &[&[&[u8]]], tags: &[Tag]) -> Option<usize> {
    let mut search = Search::new();
    for (index, key) in keys.iter().enumerate() {
        messages.iter().for_each(|message| search.try_key(index, &mac(key, message), tags));
    }
    search.found().map(|(key, _)| key)
}

fn mac(key: &MacKey, message: &[&[u8]]) -> Tag {
    let mut mac = key.start();
    message.iter().for_each(|part| mac.update(part));
    mac.finish()
}

fn verified(key: usize, signed: &[u8]) -> Judged {
    Judged::new(key, content(&[signed]))
}

/// What tells these signed bytes, given in pieces, from any other.
fn content(signed: &[&[u8]]) -> Content {
    let mut sum = Sha256Sum::default();
    signed.iter().for_each(|piece| sum.update(piece));
    Content::Sha256(sum.finish())
}

/// The names that a sender lists, in lower case; `None` where one comes twice or they are too many.
fn listed(names: &str, separator: char) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for name in names.split(separator) {
        let name = name.to_ascii_lowercase();
        if all.len() == MOST_NAMED || all.contains(&name) {
            return None;
        }
        all.push(name);
    }
    Some(all)
}

/// The JSON object in these bytes, in which no name may occur twice.
pub(crate) fn object(json: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    struct Object;
    impl<'de> serde::de::Visitor<'de> for Object {
        type Value = serde_json::Map<String, serde_json::Value>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object without repeated names")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut object = serde_json::Map::new();
            while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
                if object.insert(name, value).is_some() {
                    return Err(serde::de::Error::custom("a repeated name"));
                }
            }
            Ok(object)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(json);
    let object = serde::Deserializer::deserialize_map(&mut reader, Object).ok()?;
    reader.end().ok().map(|()| object)
}
