use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [Expo, EAS](https://docs.expo.dev/eas/webhooks/).
///
/// The signature covers the body and the event id.
///
/// The secret is the text of at least 16 characters given to `eas webhook:create`. The signature uses
/// SHA-1, the only hash that Expo offers here. The id is that of the build or submission, which is
/// reported once it has ended. The body does not say whether it is a build or a submission: give each
/// its own webhook.
#[derive(Clone, Copy, Debug)]
pub struct Expo;

impl Provider for Expo {
    const SCHEME: Scheme = Scheme::hmac_sha1("expo")
        .signature(header("expo-signature").prefix("sha1="))
        .signs(&[Body])
        .id(json("/id"));
}
