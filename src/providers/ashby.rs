use super::Provider;
use crate::scheme::{Part::Body, Scheme, all, header, json};

/// [Ashby](https://developers.ashbyhq.com/docs/authenticating-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the secret token that was entered for the webhook in Ashby's admin settings, given as
/// text. Without a secret token on the webhook Ashby sends no signature. The webhookActionId of the
/// body stays the same over all attempts, and events of several actions can share one, so the action
/// belongs to the id. A webhook that is set up or tested sends the action ping. Ashby makes at most ten
/// attempts and gives up at once on 401, 403, 404, 405 and 410. Where a body has no such id, the digest
/// of what is signed stands in. Retries: for up to 6 hours.
#[derive(Clone, Copy, Debug)]
pub struct Ashby;

impl Provider for Ashby {
    const SCHEME: Scheme = Scheme::hmac_sha256("ashby")
        .signature(header("ashby-signature").prefix("sha256="))
        .signs(&[Body])
        .id(all(&[json("/webhookActionId"), json("/action")]))
        .event_type(json("/action"))
        .retries_for_hours(6);
}
