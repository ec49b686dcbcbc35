use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [HCP Terraform, run
/// tasks](https://developer.hashicorp.com/terraform/enterprise/integrations/run-tasks).
///
/// The signature covers the body, the event id and the event type.
///
/// The secret is the HMAC key entered with the run task, given as it was entered. The HMAC key is
/// optional; a run task without one sends no signature. The answer 200 only accepts the task; its
/// result is sent to the URL at `/task_result_callback_url`, within ten minutes. Creating a run task
/// sends a test request, with the stage `test` and the access token `test-token`, that must be answered
/// with 200. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct TerraformRunTask;

impl Provider for TerraformRunTask {
    const SCHEME: Scheme = Scheme::hmac_sha512("terraform-run-task")
        .signature(header("x-tfc-task-signature").hex())
        .signs(&[Body])
        .id(json("/task_result_id"))
        .event_type(json("/stage"))
        .retries_for_hours(1)
        .acknowledged(200, "");
}
