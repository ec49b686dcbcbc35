use super::Provider;
use crate::scheme::{
    Batch, Handshake,
    Part::{Body, Lit, Timestamp},
    Said, Scheme, header,
};

/// [Airship](https://docs.airship.com/).
///
/// The signature covers the body and the timestamp.
///
/// **Decompress in front of the gate**, with a limit: bodies are sent with gzip, and what is signed is
/// what they were before.
///
/// The secret is the secret key that is set for signature hash authentication of the webhook, given as
/// text. The timestamp is signed in front of the body with a colon between them. The setup sends a
/// signed GET request to `/validate` below the URL: route it here too, with the confirmation code as
/// `confirmation_code`. A delivery may carry several events, each with a `send_id` of its own.
#[derive(Clone, Copy, Debug)]
pub struct Airship;

impl Provider for Airship {
    const SCHEME: Scheme = Scheme::hmac_sha256("airship")
        .signature(header("x-ua-signature").hex())
        .signs(&[Timestamp, Lit(":"), Body])
        .timestamp(header("x-ua-timestamp").seconds())
        .methods(&["POST", "GET"])
        .batch(Batch::of("/values").id("/send_id"))
        .handshakes(&[Handshake::get().signed().json(&[
            Said::Text("{\"confirmation_code\":\""),
            Said::Config("confirmation_code"),
            Said::Text("\"}"),
        ])]);
}
