use super::Provider;
use crate::scheme::{Scheme, all, header};

/// [Google Calendar and Drive,
/// channels](https://developers.google.com/workspace/calendar/api/guides/push).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the `token` that you gave to `watch` when the channel was made. The body is empty: the
/// headers say which resource changed, and the API says how. Without a token given to `watch` nothing
/// authenticates the request. A new channel first sends a message with the resource state `sync`.
/// Google retries with growing pauses after a 500, 502, 503 or 504.
#[derive(Clone, Copy, Debug)]
pub struct GoogleChannel;

impl Provider for GoogleChannel {
    const SCHEME: Scheme = Scheme::token("google-channel")
        .signature(header("x-goog-channel-token").raw())
        .id(all(&[header("x-goog-channel-id"), header("x-goog-message-number")]))
        .event_type(header("x-goog-resource-state"));
}
