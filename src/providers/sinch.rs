use super::Provider;
use crate::scheme::{
    Part::{Body, Id, Lit, Timestamp},
    Scheme, header, json,
};

/// [Sinch, Conversation and SMS](https://developers.sinch.com/docs/conversation/callbacks).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the text set as the webhook's secret in the Sinch dashboard or through the API. There
/// is no event id in the body: the signed nonce stands for it, and Sinch does not say whether retries
/// keep it. SMS callbacks carry a type at /type; in Conversation callbacks the name of a member, such
/// as message_delivery_report, tells the kind. Answers of 429 and 5xx are retried; other 4xx answers
/// are not retried by SMS. Sinch does not sign the callbacks of Fax. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Sinch;

impl Provider for Sinch {
    const SCHEME: Scheme = Scheme::hmac_sha256("sinch")
        .signature(header("x-sinch-webhook-signature").base64())
        .signs(&[Body, Lit("."), Id, Lit("."), Timestamp])
        .timestamp(header("x-sinch-webhook-signature-timestamp").seconds())
        .id(header("x-sinch-webhook-signature-nonce"))
        .event_type(json("/type"))
        .retries_for_hours(24);
}
