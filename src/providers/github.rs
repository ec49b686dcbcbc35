use super::Provider;
use crate::scheme::{Part, Payload, Scheme, header};

/// [GitHub](https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries).
///
/// The signature (`X-Hub-Signature-256`; the SHA-1 header is not looked at) covers the body alone:
/// neither the delivery id nor the event type, and no time. hookgate therefore claims a digest of the
/// signed bytes together with the id, so that a captured delivery is not handled again under a fresh
/// id; a capture that is older than the retention is not recognised. The secret is the text given in
/// the hook's settings. GitHub does not retry by itself; a manual redelivery (possible for three days)
/// keeps the id. Two GitHub Apps get deliveries of the same id with different bodies: give each a
/// receiver of its own name.
///
/// **Some events hold no time and nothing else that changes**, above all those about members and
/// authorisations: `membership`, `organization`, `org_block`, `github_app_authorization`
/// ([schemas](https://github.com/octokit/webhooks/tree/main/payload-schemas/api.github.com)), but also
/// `workflow_dispatch`, `repository_dispatch` and what is requested again of a `check_run`. They can be
/// equal byte for byte, and the later one is taken for a replay, acknowledged and not handled: where
/// somebody is removed from a team, added, and removed again within the retention, the second removal is
/// lost. Give these a receiver of their own with `on_replay(OnReplay::Handle)`, which opens it to captures
/// under fresh ids.
#[derive(Clone, Copy, Debug)]
pub struct GitHub;

impl Provider for GitHub {
    const SCHEME: Scheme = Scheme::hmac_sha256("github")
        .signature(header("x-hub-signature-256").prefix("sha256=").hex())
        .signs(&[Part::Body])
        .id(header("x-github-delivery"))
        .event_type(header("x-github-event"))
        .payload(Payload::JsonOrFormField("payload"))
        .retries_for_hours(72);
}
