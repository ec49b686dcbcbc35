use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Adobe Acrobat Sign](https://opensource.adobe.com/acrobat-sign/acrobat_sign_events/index.html).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// **Adobe wants the client id back in every answer**, in the header X-AdobeSign-ClientId or as
/// xAdobeSignClientId in a JSON body. Handlers can do that; what the gate answers by itself, such as to a
/// duplicate, has to get the header from whatever is in front of it. The same goes for registration,
/// which sends a GET with that header and wants the same answer: it is answered with a 405 here.
///
/// The value to compare is the application's client id from the Acrobat Sign API settings, given as it
/// is shown. The client id is an identifier and no secret, so a match does not prove who sent the
/// request; use mutual TLS or read the agreement again through the API. The notification id stays the same
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
