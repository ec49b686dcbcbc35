use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [CircleCI](https://github.com/circleci/circleci-docs).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the text that was set as the secret token of the outbound webhook. The header may list
/// versions that do not exist yet; only v1 counts. The id in the body is the same when a delivery is
/// repeated.
#[derive(Clone, Copy, Debug)]
pub struct CircleCI;

impl Provider for CircleCI {
    const SCHEME: Scheme = Scheme::hmac_sha256("circleci")
        .signature(header("circleci-signature").pairs(',', '=', "v1"))
        .signs(&[Body])
        .id(json("/id"))
        .event_type(json("/type"));
}
