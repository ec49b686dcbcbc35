use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Jira Cloud, admin
/// webhooks](https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks).
///
/// The signature covers the body and the event type, but not the event id.
///
/// The secret is the one set for the webhook in Jira's administration, given as text. Only admin
/// webhooks that have a secret are signed this way; those of Connect and OAuth apps are not. The
/// identifier is unique within one Jira site and stays over retries. A delivery is tried up to five
/// times more after a timeout, 409, 425, 429, a 5xx or a failed connection.
#[derive(Clone, Copy, Debug)]
pub struct Jira;

impl Provider for Jira {
    const SCHEME: Scheme = Scheme::hmac_sha256("jira")
        .signature(header("x-hub-signature").prefix("sha256="))
        .signs(&[Body])
        .id(header("x-atlassian-webhook-identifier"))
        .event_type(json("/webhookEvent"));
}
