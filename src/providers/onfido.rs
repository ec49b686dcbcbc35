use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Onfido](https://documentation.onfido.com/api/latest/#verifying-webhook-signatures).
///
/// The signature covers the body and the event type.
///
/// The secret is the webhook's token, which the API returns when the webhook is created, given as text.
/// The older X-Signature header, made with SHA-1, is not looked at. There is no event id, and a
/// watchlist monitor whose matches change again can be the same bytes, since the times are there only
/// for what starts and completes: a repeat is told only while its twin is handled. Retries: for up to 1
/// hour.
#[derive(Clone, Copy, Debug)]
pub struct Onfido;

impl Provider for Onfido {
    const SCHEME: Scheme = Scheme::hmac_sha256("onfido")
        .signature(header("x-sha2-signature").hex())
        .signs(&[Body])
        .event_type(json("/payload/action"))
        .retries_for_hours(1)
        .repeats();
}
