use super::Provider;
use crate::scheme::{Part::Body, Scheme, first, header, json};

/// [HCP Terraform,
/// notifications](https://developer.hashicorp.com/terraform/cloud-docs/workspaces/settings/notifications#notification-authenticity).
///
/// The signature covers the body and the event type.
///
/// The secret is the token entered with the notification configuration, given as it was entered. The
/// token is optional; a configuration without one sends no signature. Creating or enabling a
/// configuration sends a verification request, with the trigger `verification`, that must be answered
/// with 200. Notifications of assessments and workspaces have another payload, with one trigger at its
/// top. A delivery has no id of its own, and a run can reach the same trigger more than once.
/// There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct TerraformCloud;

impl Provider for TerraformCloud {
    const SCHEME: Scheme = Scheme::hmac_sha512("terraform-cloud")
        .signature(header("x-tfe-notification-signature").hex())
        .signs(&[Body])
        .event_type(first(&[json("/notifications/0/trigger"), json("/trigger")]))
        .acknowledged(200, "");
}
