use super::{Provider, standard_webhooks};
use crate::scheme::{Scheme, header};

/// [GitLab](https://docs.gitlab.com/user/project/integrations/webhooks/) with a signing token: the
/// Standard Webhooks form.
///
/// The signature covers id, timestamp and body, but not the event type in `X-Gitlab-Event`. The
/// secret is the `whsec_…` text. Tolerance: five minutes.
#[derive(Clone, Copy, Debug)]
pub struct GitLab;

impl Provider for GitLab {
    const SCHEME: Scheme =
        Scheme { name: "gitlab", event_type: Some(header("x-gitlab-event")), ..standard_webhooks::SIGNED };
}

/// [GitLab](https://docs.gitlab.com/user/project/integrations/webhooks/) with a secret token.
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any body, id and type. Prefer [`GitLab`] with a signing token. The id is
/// the `Idempotency-Key` of GitLab 17.4 and later; `X-Gitlab-Event-UUID` is shared by the hooks that a
/// hook sets off. Older ones give none, and some of their events are equal byte for byte: a repeat is
/// told only while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct GitLabToken;

impl Provider for GitLabToken {
    const SCHEME: Scheme = Scheme::token("gitlab-token")
        .signature(header("x-gitlab-token").raw())
        .id(header("idempotency-key"))
        .event_type(header("x-gitlab-event"))
        .repeats();
}
