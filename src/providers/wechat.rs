use super::Provider;
use crate::scheme::{
    Handshake,
    Part::{Query, Secret, SortedValues},
    Scheme, all, first, query, xml,
};

/// [WeChat Official Account, plain
/// mode](https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Access_Overview.html).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It covers the timestamp. It does not cover the event id or the event type.
///
/// The secret is the token set in the account's server configuration, given as it was entered. The
/// signature is a SHA-1 over the sorted token, timestamp and nonce; the encrypted mode protects the
/// message and is the better choice. The body is XML; messages have a `MsgId`, while events are told
/// apart by sender, time and kind, and by their `MsgID` where they report what became of a message. WeChat waits five seconds and tries up to three times. Setting the
/// URL sends a GET request whose `echostr` must be answered as it is. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct WeChat;

impl Provider for WeChat {
    const SCHEME: Scheme = Scheme::digest_sha1("wechat")
        .signature(query("signature").hex())
        .signs(&[SortedValues(&[Secret, Query("timestamp"), Query("nonce")])])
        .timestamp(query("timestamp").seconds().not_enforced())
        .handshakes(&[Handshake::get().signed().challenge(query("echostr")).echoed()])
        .id(first(&[
            xml("MsgId"),
            all(&[xml("FromUserName"), xml("CreateTime"), xml("Event"), xml("MsgID")]),
            all(&[xml("FromUserName"), xml("CreateTime"), xml("Event")]),
        ]))
        .event_type(first(&[xml("Event"), xml("MsgType")]))
        .methods(&["POST", "GET"])
        .retries_for_hours(1);
}
