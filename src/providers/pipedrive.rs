use super::Provider;
use crate::scheme::{Scheme, all, json};

/// [Pipedrive](https://developers.pipedrive.com/docs/api/v1/Webhooks).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the user name and password set on the webhook as http_auth_user and
/// http_auth_password, given as user:password. The two fields are optional: a webhook without them
/// sends no credentials and is refused. This is for webhooks of version 2: in version 1 /meta/id is the
/// number of the changed object and names no event. /meta/attempt in the body counts the attempts, so
/// retries differ in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Pipedrive;

impl Provider for Pipedrive {
    const SCHEME: Scheme = Scheme::basic("pipedrive")
        .id(json("/meta/id"))
        .event_type(all(&[json("/meta/action"), json("/meta/entity")]));
}
