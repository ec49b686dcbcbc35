use super::Provider;
use crate::scheme::{Batch, Handshake, KeyForm, Part::Body, Scheme, When, header, query};

/// [Fitbit](https://dev.fitbit.com/build/reference/web-api/developer-guide/using-subscriptions/).
///
/// The signature covers the body.
///
/// The secret is the app's OAuth client secret, given as it is; the `&` that Fitbit appends to it is
/// added here. The signature uses SHA-1. The body is an array of notifications without ids, which only
/// name what changed, so two can be equal byte for byte without being retries: a repeat is told only
/// while its twin is handled. The URL is checked with
/// two GETs: the right `verify` code, configured as `verify_code`, is answered with a 204, any other with
/// a 404. A notification wants a 204 within five seconds. Fitbit asks for a 404 to a wrong signature too;
/// here that is a 401, as for every stranger. A delivery may carry several events; where one of them fails, all
/// are handled again with the next, since nothing tells them from new ones.
#[derive(Clone, Copy, Debug)]
pub struct Fitbit;

impl Provider for Fitbit {
    const SCHEME: Scheme = Scheme::hmac_sha1("fitbit")
        .signature(header("x-fitbit-signature").base64())
        .signs(&[Body])
        .key(KeyForm::UTF8.suffix("&"))
        .handshakes(&[
            Handshake::get().when(&[When::IsConfigured(query("verify"), "verify_code")]).status(204),
            Handshake::get().challenge(query("verify")).status(404),
        ])
        .acknowledged(204, "")
        .repeats()
        .batch(Batch::of("").event_type("/collectionType"));
}
