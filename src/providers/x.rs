use super::Provider;
use crate::scheme::{Handshake, HashEncoding, Part::Body, Said, Scheme, header, query};

/// [X, Account Activity](https://docs.x.com/x-api/webhooks/quickstart).
///
/// The signature covers the body.
///
/// The secret is the app's consumer secret, also called API key secret, given as it is shown. The
/// signature is base64 after `sha256=`, not hexadecimal. X registers a URL, and checks it again every
/// so often, by a GET request with `crc_token`, whose HMAC must be answered within three seconds. The
/// kind of event is the name of an array in the body, and that array holds the events, so a delivery
/// has neither one id nor one type. The webhook's URL must not name a port. There is no event id: the
/// digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct X;

impl Provider for X {
    const SCHEME: Scheme = Scheme::hmac_sha256("x")
        .signature(header("x-twitter-webhooks-signature").prefix("sha256=").base64())
        .signs(&[Body])
        .handshakes(&[Handshake::get().challenge(query("crc_token")).json(&[
            Said::Text("{\"response_token\":\"sha256="),
            Said::Mac(HashEncoding::Base64),
            Said::Text("\"}"),
        ])]);
}
