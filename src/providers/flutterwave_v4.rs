use super::Provider;
use crate::scheme::{Part::Body, Scheme, first, header, json};

/// [Flutterwave, version 4](https://developer.flutterwave.com/docs/webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the secret hash from the webhook settings of the dashboard, used as text. Retries have
/// to be switched on: three, half an hour apart. The id is the field `webhook_id`, or else `id`. Retries: for up to 2
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct FlutterwaveV4;

impl Provider for FlutterwaveV4 {
    const SCHEME: Scheme = Scheme::hmac_sha256("flutterwave-v4")
        .signature(header("flutterwave-signature").base64())
        .signs(&[Body])
        .id(first(&[json("/webhook_id"), json("/id")]))
        .event_type(json("/type"))
        .retries_for_hours(2)
        .acknowledged(200, "");
}
