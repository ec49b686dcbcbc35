use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Persona](https://docs.withpersona.com/webhook-best-practices#checking-signatures).
///
/// The signature covers the body, the timestamp, the event id and the event type.
///
/// The secret is the webhook's secret from the dashboard, the wbhsec_ text as a whole. While secrets
/// rotate, the header carries two groups of timestamp and signature, separated by a space. Retries keep
/// the id; events may come out of order and twice. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct Persona;

impl Provider for Persona {
    const SCHEME: Scheme = Scheme::hmac_sha256("persona")
        .signature(header("persona-signature").pairs(',', '=', "v1").groups(' '))
        .signs(&[Timestamp, Lit("."), Body])
        .timestamp(field("t").seconds())
        .id(json("/data/id"))
        .event_type(json("/data/attributes/name"));
}
