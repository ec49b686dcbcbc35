use super::Provider;
use crate::scheme::{Part::Body, Scheme, header, json};

/// [SonarQube](https://docs.sonarsource.com/sonarqube-server/project-administration/webhooks/).
///
/// The signature covers the body and the event id.
///
/// The secret is the one entered with the webhook in the project's or the instance's settings, given as
/// it was entered. The header is sent only where the webhook has a secret. An event is a
/// finished analysis, whose task is the id, or a changed issue that turns the quality gate, which has
/// none; the outcome is at `/qualityGate/status`.
/// Failed deliveries are not tried again.
#[derive(Clone, Copy, Debug)]
pub struct SonarQube;

impl Provider for SonarQube {
    const SCHEME: Scheme = Scheme::hmac_sha256("sonarqube")
        .signature(header("x-sonar-webhook-hmac-sha256").hex())
        .signs(&[Body])
        .id(json("/taskId"));
}
