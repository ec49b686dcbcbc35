use super::Provider;
use crate::scheme::{Batch, Scheme, header};

/// [Auth0, log streams](https://auth0.com/docs/customize/log-streams/custom-log-streams).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the authorization token that was set for the log stream, given as the whole value of
/// the header, with Bearer or whatever else was typed in. Auth0 sends the configured value as it is and
/// puts no Bearer in front. Set the content format of the stream to a JSON array: JSON lines are no
/// JSON document. Each entry of a batch has its own log_id, which is the same over retries. After three
/// failed attempts Auth0 pauses the stream. A delivery may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct Auth0;

impl Provider for Auth0 {
    const SCHEME: Scheme = Scheme::token("auth0")
        .signature(header("authorization").raw())
        .batch(Batch::of("").id("/log_id").event_type("/data/type"));
}
