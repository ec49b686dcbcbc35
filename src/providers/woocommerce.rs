use super::Provider;
use crate::scheme::{Part::Body, Scheme, header};

/// [WooCommerce](https://github.com/woocommerce/woocommerce-rest-api-docs).
///
/// The signature covers the body, but not the event type.
///
/// The secret is the one set with the webhook, given as it was entered; if none was set it is the
/// consumer secret of the user who created the webhook. **Creating a webhook sends a ping, a form with
/// `webhook_id` alone, which wants a success, carries no event, is not signed, and is refused here:** no
/// handler sees it. The delivery id belongs to one delivery and does not identify the event. Failed
/// deliveries are not tried again, and five failures in a row disable the webhook; besides success only
/// 301 and 302 do not count as failures. A filter in the shop's code can change the hash function; only
/// SHA-256 is accepted here. There is no event id, and deletions of one object can be equal byte for
/// byte, as can events of different types: the body and the type tell a repeat only while its twin is
/// handled.
#[derive(Clone, Copy, Debug)]
pub struct WooCommerce;

impl Provider for WooCommerce {
    const SCHEME: Scheme = Scheme::hmac_sha256("woocommerce")
        .signature(header("x-wc-webhook-signature").base64())
        .signs(&[Body])
        .event_type(header("x-wc-webhook-topic"))
        .repeats()
        .repeats_across_types();
}
