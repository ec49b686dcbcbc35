use super::Provider;
use crate::scheme::{Jwt, JwtAlgorithm::Rs512, KeyForm, Scheme, header, json};

/// [Fireblocks](https://developers.fireblocks.com/reference/validating-webhooks).
///
/// The signature covers the body, the event id and the event type.
///
/// The key is the RSA public key from the key set that Fireblocks publishes for your environment and
/// region, chosen by its key id. Fireblocks signs for all of its customers with these keys: configure
/// the id of your workspace as `workspace_id`, several with commas in between; deliveries of others are
/// refused. The signature is a detached JWS over the raw body with RS512. While a workspace moves from
/// the first version, `Fireblocks-Signature` is sent as well and not looked at here. Fireblocks retries
/// for up to a day with the same id and waits ten seconds for an answer. Retries: for up to 24 hours.
#[derive(Clone, Copy, Debug)]
pub struct Fireblocks;

impl Provider for Fireblocks {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Rs512]).detached();
        Scheme::jwt("fireblocks", RULE)
            .signature(header("fireblocks-webhook-signature").raw())
            .key(KeyForm::BASE64)
            .belongs_to(json("/workspaceId"), "workspace_id")
            .id(json("/id"))
            .event_type(json("/eventType"))
            .retries_for_hours(24)
            .acknowledged(200, "")
    };
}
