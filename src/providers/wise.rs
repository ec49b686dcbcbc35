use super::Provider;
use crate::scheme::{Handshake, KeyForm, Part::Body, Scheme, When, header, json};

/// [Wise](https://docs.wise.com/guides/developer/webhooks/event-handling).
///
/// The signature covers the body and the event type, but not the event id.
///
/// The key is the RSA public key in PEM that Wise publishes, one for production and another for the
/// sandbox. Wise signs for all of its customers with one key, and any of them can have events of their
/// own sent to your URL: compare `/subscription_id` with those of your subscriptions. Test
/// notifications, one of which subscribing sends, are signed and look like others but for dummy values
/// and the header `X-Test-Notification: true`: the gate answers them. The delivery id stays the same
/// over up to 25 [retries](https://docs.wise.com/features/webhooks-notifications), eleven at doubled
/// intervals from a minute and then one each day. One page of the documentation takes any 2xx for a
/// success and another only 200, which handlers had better answer. The older header `X-Signature` with
/// SHA-1 is not looked at. Retries: for up to 372 hours.
#[derive(Clone, Copy, Debug)]
pub struct Wise;

impl Provider for Wise {
    const SCHEME: Scheme = Scheme::rsa_sha256("wise")
        .signature(header("x-signature-sha256").base64())
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .handshakes(&[Handshake::post().signed().when(&[When::Is(header("x-test-notification"), "true")])])
        .id(header("x-delivery-id"))
        .event_type(json("/event_type"))
        .retries_for_hours(372)
        .acknowledged(200, "");
}
