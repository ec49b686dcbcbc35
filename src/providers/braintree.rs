use super::Provider;
use crate::scheme::{
    Handshake, HashEncoding, KeyForm,
    Part::{Form, Lit},
    Payload, Said, Scheme, form, query,
};

/// [Braintree](https://developer.paypal.com/braintree/docs/guides/webhooks/parse).
///
/// **The signature covers only these values of the body**: `bt_payload`. Whoever sees one delivery can
/// change the rest.
///
/// The secret is the private key of a Braintree API key pair, given as text; its public key tells which
/// signature in bt_signature is meant. The event is XML, encoded as base64 in the form field
/// bt_payload, and its kind is inside. There is no event id. The endpoint is checked with a GET whose
/// bt_challenge is signed with the same key: nothing but 20 to 32 hex digits is, and no payload that
/// looks like them is accepted. Production repeats failed deliveries every hour for a day, the sandbox
/// for three hours. There is no event id: the digest of what is signed stands in. Retries: for up to 24
/// hours.
#[derive(Clone, Copy, Debug)]
pub struct Braintree;

impl Provider for Braintree {
    const SCHEME: Scheme = Scheme::hmac_sha1("braintree")
        .signature(form("bt_signature").any_pairs('&', '|'))
        .signs(&[Form("bt_payload")])
        .or_signs(&[&[Form("bt_payload"), Lit("\n")]])
        .key(KeyForm::SHA1)
        .handshakes(&[Handshake::get().challenge(query("bt_challenge")).challenge_is_hex(20, 32).text(&[
            Said::Config("public_key_id"),
            Said::Text("|"),
            Said::Mac(HashEncoding::Hex),
        ])])
        .payload(Payload::Form)
        .retries_for_hours(24);
}
