use super::Provider;
use crate::scheme::{
    Part::{Json, Query, Secret, SortedValues},
    Scheme, query,
};

/// [DingTalk, event push](https://open.dingtalk.com/document/orgapp/configure-event-subcription).
///
/// **The signature covers only these values of the body**: `/encrypt`. Whoever sees one delivery can
/// change the rest.
///
/// The secret is the token of the event subscription, given as it was set there; decryption needs the
/// AES key of the same page as well. The body is encrypted: type and data of the event can be read only
/// after decryption. DingTalk wants an answer that is itself encrypted and signed, holding the word
/// `success`. The URL is checked with an event of type `check_url`, which wants the same kind of
/// answer. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct DingTalk;

impl Provider for DingTalk {
    const SCHEME: Scheme = Scheme::digest_sha1("dingtalk")
        .signature(query("signature").hex())
        .signs(&[SortedValues(&[Secret, Query("timestamp"), Query("nonce"), Json("/encrypt")])]);
}
