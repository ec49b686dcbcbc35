use super::Provider;
use crate::scheme::{Scheme, header, json};

/// [Cloudflare
/// Notifications](https://developers.cloudflare.com/notifications/get-started/configure-webhooks/).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the text that was entered for the webhook destination. Saving the destination sends a
/// test message, which needs a 2xx and has no alert_type. A notification has no id that is known to
/// stay the same. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct CloudflareNotifications;

impl Provider for CloudflareNotifications {
    const SCHEME: Scheme = Scheme::token("cloudflare-notifications")
        .signature(header("cf-webhook-auth").raw())
        .event_type(json("/alert_type"));
}
