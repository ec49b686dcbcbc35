use super::Provider;
use crate::scheme::{Part::Body, Scheme, header};

/// [Bitbucket Cloud](https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/).
///
/// The signature covers the body, but not the event id or the event type.
///
/// The secret is the text that was set as the secret of the webhook. A webhook without a secret sends
/// no signature and is refused. X-Hub-Signature carries SHA-256 here, unlike the header of the same
/// name at GitHub. After an answer of 500 to 599 Bitbucket sends the request again, twice at most;
/// X-Attempt-Number counts the attempts. A push has no time of its own: the same one after a reset of
/// its branch gives the same bytes, and is told as a replay.
#[derive(Clone, Copy, Debug)]
pub struct Bitbucket;

impl Provider for Bitbucket {
    const SCHEME: Scheme = Scheme::hmac_sha256("bitbucket")
        .signature(header("x-hub-signature").prefix("sha256="))
        .signs(&[Body])
        .id(header("x-request-uuid"))
        .event_type(header("x-event-key"));
}
