use super::Provider;
use crate::scheme::{Batch, Code, Scheme, header};

/// [Twilio Event Streams](https://www.twilio.com/docs/events/webhook-quickstart), to a webhook sink.
///
/// The signature covers the body and the URL.
///
/// The secret is the account's auth token from the console, given as it is shown. The body is an array
/// of CloudEvents, each with an id and a type. It is
/// [covered](https://www.twilio.com/en-us/blog/developers/tutorials/validate-twilio-event-streams-webhooks-rust)
/// through the query parameter `bodySHA256` at the end of the URL, which is signed as Twilio called it:
/// `public_url` is its scheme and host, and path and query must arrive as they are configured with Twilio.
/// Leave the sink's method at `POST`. A delivery may carry several events. Twilio
/// [retries](https://www.twilio.com/docs/events/event-delivery-and-duplication) for four hours. Retries:
/// for up to 5 hours.
#[derive(Clone, Copy, Debug)]
pub struct TwilioEvents;

impl Provider for TwilioEvents {
    const SCHEME: Scheme = Scheme::code("twilio-events", Code::Twilio)
        .signature(header("x-twilio-signature").base64())
        .batch(Batch::of("").id("/id").event_type("/type"))
        .retries_for_hours(5);
}
