use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [Xero](https://developer.xero.com/documentation/guides/webhooks/overview/).
///
/// The signature covers the body.
///
/// The secret is the app's webhooks key from the developer portal, given as the text that is shown; it
/// is not decoded from base64. A webhook is activated by several requests without events, some of them
/// wrongly signed on purpose; these must be answered with 401 and the others with 200 and an empty
/// body. One delivery carries an array of events, none of which has an id; tenant, resource, type and
/// time together tell one from another. Xero waits five seconds for an answer and retries for up to a
/// day, after which it disables the webhook. A delivery may carry several events. Retries: for up to 24
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct Xero;

impl Provider for Xero {
    const SCHEME: Scheme = Scheme::hmac_sha256("xero")
        .signature(header("x-xero-signature").base64())
        .signs(&[Body])
        .batch(Batch::of("/events").event_type("/eventType"))
        .retries_for_hours(24)
        .acknowledged(200, "");
}
