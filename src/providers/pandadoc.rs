use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header, query};

/// [PandaDoc](https://developers.pandadoc.com/docs/webhook-verification).
///
/// The signature covers the body.
///
/// The secret is the shared key of the webhook subscription from the developer dashboard, given as
/// text. The signature comes in the query parameter signature: nothing in front of the endpoint may
/// strip the query. The body is an array and may carry several notifications. Automatic and manual
/// retries keep the id in the header, which PandaDoc sends since July 2026. A delivery may carry
/// several events.
#[derive(Clone, Copy, Debug)]
pub struct PandaDoc;

impl Provider for PandaDoc {
    const SCHEME: Scheme = Scheme::hmac_sha256("pandadoc")
        .signature(query("signature").hex())
        .signs(&[Body])
        .id(header("x-pandadoc-webhook-event-id"))
        .batch(Batch::of("").event_type("/event"));
}
