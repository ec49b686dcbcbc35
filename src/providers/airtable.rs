use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header};

/// [Airtable](https://airtable.com/developers/web/api/webhooks-overview).
///
/// The signature covers the body.
///
/// The secret is macSecretBase64 from the answer that created the webhook, given in base64 as it came.
/// A delivery only says that something changed: the changes themselves are fetched from the API with a
/// cursor. There is no event id and no event type in the body. A webhook expires after seven days
/// unless it is refreshed. After a week of failed deliveries Airtable stops notifying the webhook.
/// There is no event id: the digest of what is signed stands in. Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct Airtable;

impl Provider for Airtable {
    const SCHEME: Scheme = Scheme::hmac_sha256("airtable")
        .signature(header("x-airtable-content-mac").prefix("hmac-sha256="))
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .retries_for_hours(168);
}
