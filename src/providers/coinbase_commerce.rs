use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Coinbase Commerce](https://docs.cdp.coinbase.com/commerce/api-arcitecture/webhooks-security).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the webhook shared secret from the notification settings, given as it is shown. The
/// event's id is inside event; the id beside it numbers the delivery. Coinbase Commerce wants the
/// status 200 and retries for up to three days. The successor, Coinbase Developer Platform, signs in
/// another header and another form. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct CoinbaseCommerce;

impl Provider for CoinbaseCommerce {
    const SCHEME: Scheme = Scheme::hmac_sha256("coinbase-commerce")
        .signature(header("x-cc-webhook-signature").hex())
        .signs(&[Body])
        .id(json("/event/id"))
        .event_type(json("/event/type"))
        .acknowledged(200, "");
}
