use super::Provider;
use crate::scheme::{
    Part::{Lit, Secret, Timestamp},
    Scheme, header, json,
};

/// [DingTalk, outgoing robot](https://open.dingtalk.com/document/orgapp/receive-message).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It covers the timestamp. It does not cover the event id or the event type.
///
/// The secret is the app secret of the robot's application, used as text. The timestamp counts
/// milliseconds and may be up to an hour old.
#[derive(Clone, Copy, Debug)]
pub struct DingTalkRobot;

impl Provider for DingTalkRobot {
    const SCHEME: Scheme = Scheme::hmac_sha256("dingtalk-robot")
        .signature(header("sign").base64())
        .signs(&[Timestamp, Lit("\n"), Secret])
        .timestamp(header("timestamp").millis().tolerance_secs(3600))
        .id(json("/msgId"))
        .event_type(json("/msgtype"));
}
