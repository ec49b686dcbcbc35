use super::Provider;
use crate::scheme::{KeyForm, Part::Body, Scheme, header, json};

/// [Fireblocks, version
/// 1](https://developers.fireblocks.com/reference/webhooks-gettingstarted-validatingevents).
///
/// The signature covers the body and the event type.
///
/// The key is the RSA public key that Fireblocks documents for your environment, given as PEM.
/// Fireblocks signs for all of its customers with one key, and any of them can have events of their own
/// sent to your URL: compare `/tenantId` with the id of your workspace. This version is deprecated:
/// prefer the second. Events have no id. Mainnet and testnet, the EU and the sandbox have keys of their
/// own. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct FireblocksV1;

impl Provider for FireblocksV1 {
    const SCHEME: Scheme = Scheme::rsa_sha512("fireblocks-v1")
        .signature(header("fireblocks-signature").base64())
        .signs(&[Body])
        .key(KeyForm::BASE64)
        .event_type(json("/type"))
        .acknowledged(200, "");
}
