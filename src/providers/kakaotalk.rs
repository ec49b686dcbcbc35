use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [KakaoTalk channel](https://developers.kakao.com/docs/latest/en/kakaotalk-channel/callback).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the app's primary admin key from Kakao Developers, without the word `KakaoAK`. The
/// admin key is also a key to Kakao's API, so whoever sees a request holds more than the webhook. There
/// is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct KakaoTalk;

impl Provider for KakaoTalk {
    const SCHEME: Scheme = Scheme::token("kakaotalk")
        .signature(header("authorization").prefix("KakaoAK ").raw())
        .event_type(json("/event"));
}
