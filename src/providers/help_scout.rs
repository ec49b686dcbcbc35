use super::Provider;
use crate::scheme::{Part::Body, Scheme, header};

/// [Help Scout](https://developer.helpscout.com/webhooks/).
///
/// The signature covers the body, but not the event type.
///
/// The secret is the key entered when the webhook was made, given as text. The body's `/id` is that of
/// the conversation or customer and comes again with each further event, so events have no id. Failed
/// deliveries are tried ten times over seven days, then the webhook is switched off. There is no event
/// id: the digest of what is signed stands in, together with the type, since events of different types
/// can have the same body. Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct HelpScout;

impl Provider for HelpScout {
    const SCHEME: Scheme = Scheme::hmac_sha1("help-scout")
        .signature(header("x-helpscout-signature").base64())
        .signs(&[Body])
        .event_type(header("x-helpscout-event"))
        .retries_for_hours(168)
        .repeats_across_types();
}
