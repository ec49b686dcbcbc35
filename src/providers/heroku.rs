use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Heroku app webhooks](https://devcenter.heroku.com/articles/app-webhooks#securing-webhook-requests).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the one given or shown when the webhook was made (it is not shown again), as text.
/// Only webhooks of level `sync` are retried; those of level `notify` are tried once. What happened to
/// the entity (create, update, destroy) is in `/action`, beside the event type. Each delivery has an id
/// of its own in `/webhook_metadata/delivery/id`. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Heroku;

impl Provider for Heroku {
    const SCHEME: Scheme = Scheme::hmac_sha256("heroku")
        .signature(header("heroku-webhook-hmac-sha256").base64())
        .signs(&[Body])
        .id(json("/webhook_metadata/event/id"))
        .event_type(json("/webhook_metadata/event/include"));
}
