use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [QuickBooks
/// Online](https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/managing-webhooks-notifications).
///
/// The signature covers the body.
///
/// The secret is the app's verifier token from the Intuit developer portal, given as text. The body is
/// an array of CloudEvents, each with an id and a type, possibly of several companies. The older body,
/// an object with /eventNotifications, has no ids; Intuit replaces it in 2026. Intuit waits three
/// seconds: answer first and work afterwards. An endpoint that keeps failing is disabled. A delivery
/// may carry several events.
#[derive(Clone, Copy, Debug)]
pub struct QuickBooks;

impl Provider for QuickBooks {
    const SCHEME: Scheme = Scheme::hmac_sha256("quickbooks")
        .signature(header("intuit-signature").base64())
        .signs(&[Body])
        .batch(Batch::of("").id("/id").event_type("/type"))
        .acknowledged(200, "");
}
