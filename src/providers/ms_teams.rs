use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [Microsoft Teams outgoing
/// webhook](https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the security token that Teams shows when the webhook is made, given in base64 as
/// shown. The signature is in `Authorization`, behind the word `HMAC`. The id is that of the message.
#[derive(Clone, Copy, Debug)]
pub struct MicrosoftTeams;

impl Provider for MicrosoftTeams {
    const SCHEME: Scheme = Scheme::hmac_sha256("ms-teams")
        .signature(header("authorization").prefix("HMAC ").base64())
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .id(json("/id"))
        .event_type(json("/type"));
}
