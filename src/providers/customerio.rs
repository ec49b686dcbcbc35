use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, all, header, json,
};

/// [Customer.io, reporting webhooks](https://docs.customer.io/integrations/api/webhooks/).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the signing key of the reporting webhook from its page in Customer.io, used as text.
/// The header holds the bare hex, without the `v0=` that Slack puts in front of a like signature.
/// Customer.io waits four seconds for an answer and retries for up to seven days with the same id.
/// Retries: for up to 168 hours.
#[derive(Clone, Copy, Debug)]
pub struct CustomerIo;

impl Provider for CustomerIo {
    const SCHEME: Scheme = Scheme::hmac_sha256("customerio")
        .signature(header("x-cio-signature").hex())
        .signs(&[Lit("v0:"), Timestamp, Lit(":"), Body])
        .timestamp(header("x-cio-timestamp").seconds())
        .id(json("/event_id"))
        .event_type(all(&[json("/object_type"), json("/metric")]))
        .retries_for_hours(168);
}
