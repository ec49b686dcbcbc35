use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Ashby](https://developers.ashbyhq.com/docs/authenticating-webhooks).
///
/// The signature covers the body and the event type.
///
/// The secret is the secret token that was entered for the webhook in Ashby's admin settings, given as
/// text. Without a secret token on the webhook Ashby sends no signature. Bodies carry no event id. A
/// webhook that is set up or tested sends the action ping. Ashby makes at most ten attempts and gives
/// up at once on 401, 403, 404, 405 and 410. There is no event id: the digest of what is signed stands
/// in. Retries: for up to 6 hours.
#[derive(Clone, Copy, Debug)]
pub struct Ashby;

impl Provider for Ashby {
    const SCHEME: Scheme = Scheme::hmac_sha256("ashby")
        .signature(header("ashby-signature").prefix("sha256="))
        .signs(&[Body])
        .event_type(json("/action"))
        .retries_for_hours(6);
}
