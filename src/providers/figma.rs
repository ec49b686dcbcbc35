use super::Provider;
use crate::scheme::{Scheme, json};

/// [Figma](https://www.figma.com/developers/api#webhooks-v2-security).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the passcode that you set when the webhook was created, given as it is. The passcode
/// stands in the body, so keep bodies out of logs. Events have no id. A new webhook first gets a `PING`
/// event, which wants a 200. Figma retries three times, after 5 minutes, 30 minutes and 3 hours. There
/// is no event id: the digest of what is signed stands in. Retries: for up to 4 hours.
#[derive(Clone, Copy, Debug)]
pub struct Figma;

impl Provider for Figma {
    const SCHEME: Scheme = Scheme::token("figma")
        .signature(json("/passcode").raw())
        .event_type(json("/event_type"))
        .retries_for_hours(4);
}
