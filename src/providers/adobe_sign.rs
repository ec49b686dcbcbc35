use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Adobe Acrobat Sign](https://opensource.adobe.com/acrobat-sign/acrobat_sign_events/index.html).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The value to compare is the application's client id from the Acrobat Sign API settings, given as it
/// is shown. The client id is an identifier and no secret, so a match does not prove who sent the
/// request; use mutual TLS or read the agreement again through the API. Every answer must repeat the
/// client id, in the header X-AdobeSign-ClientId or as xAdobeSignClientId in a JSON body. Registration
/// sends a GET with the same header, which wants the same answer. The notification id stays the same
/// over retries, and a webhook whose deliveries keep failing for 72 hours is switched off. Retries: for
/// up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct AdobeSign;

impl Provider for AdobeSign {
    const SCHEME: Scheme = Scheme::token("adobe-sign")
        .signature(header("x-adobesign-clientid").raw())
        .id(json("/webhookNotificationId"))
        .event_type(json("/event"));
}
