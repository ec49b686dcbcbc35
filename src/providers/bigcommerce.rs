use super::{Provider, standard_webhooks::standard_webhooks};
use crate::scheme::{KeyForm, Scheme, json};

/// [BigCommerce](https://github.com/bigcommerce/docs).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the client secret of the app whose token created the webhook, used as text. The form
/// is that of Standard Webhooks, but the key is the text of the client secret and not its base64
/// decoding. Webhooks made with a store-level token may have no usable signature; give those a custom
/// header with a token of your own. BigCommerce wants the status 200; after 11 attempts over 48 hours
/// the webhook is deactivated. A host that succeeds in less than 90 % of the deliveries of two minutes
/// is left out for three minutes. Retries: for up to 48 hours.
#[derive(Clone, Copy, Debug)]
pub struct BigCommerce;

impl Provider for BigCommerce {
    const SCHEME: Scheme = standard_webhooks(Scheme::hmac_sha256("bigcommerce"))
        .key(KeyForm::UTF8)
        .acknowledged(200, "")
        .event_type(json("/scope"))
        .retries_for_hours(48);
}
