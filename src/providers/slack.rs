use super::Provider;
use crate::scheme::{Handshake, Part, Payload, Scheme, When, first, form, header, json};

/// [Slack](https://docs.slack.dev/authentication/verifying-requests-from-slack): Events API, slash
/// commands and interactivity.
///
/// The signature covers timestamp and body. The secret is the app's signing secret, used as text.
/// Tolerance: five minutes. The event id is JSON `/event_id` (Events API) or the form field
/// `trigger_id` (commands). The challenge `url_verification` is answered. Retries: three within an hour.
#[derive(Clone, Copy, Debug)]
pub struct Slack;

impl Provider for Slack {
    const SCHEME: Scheme = Scheme::hmac_sha256("slack")
        .signature(header("x-slack-signature").prefix("v0=").hex())
        .signs(&[Part::Lit("v0:"), Part::Timestamp, Part::Lit(":"), Part::Body])
        .timestamp(header("x-slack-request-timestamp").seconds())
        .id(first(&[json("/event_id"), form("trigger_id"), json("/trigger_id")]))
        .event_type(first(&[json("/event/type"), json("/type"), form("command")]))
        .payload(Payload::JsonOrForm("payload"))
        .handshakes(&[Handshake::post()
            .signed()
            .when(&[When::Is(json("/type"), "url_verification")])
            .challenge(json("/challenge"))
            .echoed()])
        .retries_for_hours(1);
}
