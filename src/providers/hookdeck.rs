use super::Provider;
use crate::scheme::{Part::Body, Scheme, header};

/// [Hookdeck](https://hookdeck.com/docs/authentication#hookdeck-webhook-signature-verification).
///
/// The signature covers the body, but not the event id.
///
/// The secret is the project's signing secret from the dashboard, given as text. The prefix of the
/// headers can be changed in the project's settings; `x-hookdeck` is expected here. A source may send
/// equal bodies, so the id alone tells a repeat: whoever captured a delivery can send it again under
/// another. The source's own headers and signatures are passed on as well and are not looked at: what is
/// verified here came through Hookdeck, and whether the provider sent it is for Hookdeck to tell, so
/// switch the verification of the source on. After the secret is rolled, a second header carries the old
/// secret's signature for 24 hours. How long a delivery is retried is set per connection, up to fifty
/// tries.
#[derive(Clone, Copy, Debug)]
pub struct Hookdeck;

impl Provider for Hookdeck {
    const SCHEME: Scheme = Scheme::hmac_sha256("hookdeck")
        .signature(header("x-hookdeck-signature").base64())
        .or_signatures(const { &[header("x-hookdeck-signature-2").base64()] })
        .signs(&[Body])
        .id(header("x-hookdeck-eventid"))
        .repeats();
}
