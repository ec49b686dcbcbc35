use super::Provider;
use crate::scheme::{Part, Scheme, header};

/// [Shopify](https://shopify.dev/docs/apps/build/webhooks/subscribe/https).
///
/// The signature covers the body alone: neither the id, the topic nor the shop's domain, and no time.
/// The id is `X-Shopify-Webhook-Id`, since `X-Shopify-Event-Id` is shared by all deliveries of one
/// action of a merchant, such as `orders/create` and `orders/paid`. hookgate claims a digest of the
/// signed bytes and the topic together with the id; the topic, since two topics can have the same body.
/// Two events of one topic can too, where a subscription's `include_fields` leave out what changes or
/// the payload is an id alone: the later one is taken for a replay, so include `updated_at`, or use
/// `on_replay(Handle)`. The secret is the app's client secret, or the one shown in the admin for hooks
/// made there. The client secret also signs the queries of logins and an app's sessions, of which anybody who
/// installs the app has some: bodies that look like these are refused. Retries: eight over four hours.
#[derive(Clone, Copy, Debug)]
pub struct Shopify;

impl Provider for Shopify {
    const SCHEME: Scheme = Scheme::hmac_sha256("shopify")
        .signature(header("x-shopify-hmac-sha256").or("shopify-hmac-sha256").base64())
        .signs(&[Part::Body])
        .id(header("x-shopify-webhook-id").or("shopify-webhook-id"))
        .event_type(header("x-shopify-topic").or("shopify-topic"))
        .retries_for_hours(4)
        .key_also_signs(&["timestamp=", "eyJ"])
        .repeats_across_types();
}
