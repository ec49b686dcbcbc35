use super::Provider;
use crate::scheme::{
    Part::{Query, Secret, SortedValues, Xml},
    Scheme, query,
};

/// [WeCom and WeChat, encrypted mode](https://developer.work.weixin.qq.com/document/path/90968).
///
/// **The signature covers only these values of the body**: `Encrypt`. Whoever sees one delivery can
/// change the rest.
///
/// The secret is the token of the callback configuration; the `EncodingAESKey` shown beside it is
/// needed to decrypt messages. The signature covers the ciphertext in the XML element `Encrypt`; id and
/// type of the message are inside it and readable only after decryption. After decryption the receiver
/// id at the end of the message must be compared with one's own. WeCom waits five seconds and tries up
/// to three times. Setting the URL sends a GET request whose `echostr` must be verified, decrypted and
/// answered within a second ([`WeComEcho`]); WeChat's is plain in this mode too ([`WeChat`](super::WeChat)).
/// There is no event id: the digest of what is signed stands in. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct WeCom;

impl Provider for WeCom {
    const SCHEME: Scheme = Scheme::digest_sha1("wecom")
        .signature(query("msg_signature").hex())
        .signs(&[SortedValues(&[Secret, Query("timestamp"), Query("nonce"), Xml("Encrypt")])])
        .retries_for_hours(1);
}

/// [WeCom, check of the URL](https://developer.work.weixin.qq.com/document/path/90968). WeChat's is that
/// of [`WeChat`](super::WeChat).
///
/// The secret is the token of the callback configuration; the `EncodingAESKey` shown beside it is
/// needed to decrypt messages. The signature covers the ciphertext in the XML element `Encrypt`; id and
/// type of the message are inside it and readable only after decryption. After decryption the receiver
/// id at the end of the message must be compared with one's own. WeCom waits five seconds and tries up
/// to three times. Setting the URL sends a GET request whose `echostr` must be verified, decrypted and
/// answered within a second. There is no event id: the digest of what is signed stands in. Retries: for
/// up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct WeComEcho;

impl Provider for WeComEcho {
    const SCHEME: Scheme = Scheme::digest_sha1("wecom-echo")
        .signature(query("msg_signature").hex())
        .signs(&[SortedValues(&[Secret, Query("timestamp"), Query("nonce"), Query("echostr")])])
        .methods(&["GET"])
        .retries_for_hours(1);
}
