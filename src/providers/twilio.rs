use super::Provider;
use crate::scheme::{Code, Payload, Scheme, header};

/// [Twilio](https://www.twilio.com/docs/usage/security#validating-requests).
///
/// The signature covers the body and the URL, but not the event id.
///
/// The secret is the account's auth token from the console, given as it is shown. The URL is signed as
/// Twilio called it: `public_url` is its scheme and host, and path and query must arrive as they are
/// configured with Twilio. A JSON body is covered only through the query parameter `bodySHA256` at the
/// end of the URL, which is signed with it. The idempotency token stays the same over retries; by
/// default Twilio retries once and only if no connection came about. A request of a call has no time in
/// it, so that the same choice of a caller, made twice, is signed alike, and the second one is taken
/// for a replay: where calls are answered with TwiML, give each action URL a query of its own, or use
/// `on_replay(Handle)`, which opens the endpoint to captures under fresh tokens. With GET all
/// parameters are in the URL. The sinks of Event Streams are [`TwilioEvents`](super::TwilioEvents).
/// Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Twilio;

impl Provider for Twilio {
    const SCHEME: Scheme = Scheme::code("twilio", Code::Twilio)
        .signature(header("x-twilio-signature").base64())
        .id(header("i-twilio-idempotency-token"))
        .payload(Payload::JsonOrForm("Payload"))
        .methods(&["POST", "GET"])
        .retries_for_hours(1);
}
