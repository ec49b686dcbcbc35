use super::Provider;
use crate::scheme::{Scheme, json};

/// [Azure DevOps](https://learn.microsoft.com/azure/devops/service-hooks/services/webhooks).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is user:password as they were set for Basic authentication in the service hook
/// subscription. Basic authentication is set per subscription and is the only proof; serve the endpoint
/// over HTTPS alone. Failures that look temporary are retried, and a subscription that keeps failing is
/// put on probation.
#[derive(Clone, Copy, Debug)]
pub struct AzureDevOps;

impl Provider for AzureDevOps {
    const SCHEME: Scheme = Scheme::basic("azure-devops").id(json("/id")).event_type(json("/eventType"));
}
