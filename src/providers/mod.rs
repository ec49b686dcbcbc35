//! The providers that hookgate knows, each written in the words of [`scheme`](crate::scheme).
//!
//! | provider | type | signed | event id | id signed | event type |
//! |---|---|---|---|---|---|
//! | Standard Webhooks, Svix and all who follow it | [`StandardWebhooks`] | id, timestamp, body | header `webhook-id` | yes | JSON `/type` |
//! | Stripe | [`Stripe`] | timestamp, body | JSON `/id` | yes | JSON `/type` |
//! | GitHub | [`GitHub`] | body | header `X-GitHub-Delivery` | no | header `X-GitHub-Event` |
//! | Slack | [`Slack`] | timestamp, body | JSON `/event_id` or form `trigger_id` | yes | JSON `/event/type` |
//! | Shopify | [`Shopify`] | body | header `X-Shopify-Event-Id` | no | header `X-Shopify-Topic` |
//! | GitLab, signing token | [`GitLab`] | id, timestamp, body | header `webhook-id` | yes | header `X-Gitlab-Event` |
//! | GitLab, secret token | [`GitLabToken`] | nothing | header `Idempotency-Key` | no | header `X-Gitlab-Event` |
//!
//! A provider of your own is a type too:
//!
//! ```
//! use hookgate::{Provider, scheme::{Part::Body, Scheme, header, json}};
//!
//! struct Acme;
//!
//! impl Provider for Acme {
//!     const SCHEME: Scheme = Scheme::hmac_sha256("acme")
//!         .signature(header("x-acme-signature").hex())
//!         .signs(&[Body])
//!         .id(json("/id"));
//! }
//! ```

mod github;
mod gitlab;
mod shopify;
mod slack;
mod standard_webhooks;
mod stripe;

pub use self::{
    github::GitHub,
    gitlab::{GitLab, GitLabToken},
    shopify::Shopify,
    slack::Slack,
    standard_webhooks::StandardWebhooks,
    stripe::Stripe,
};
use crate::scheme::Scheme;

/// Who sends: a type, so that receivers of two providers are two types and cannot be mixed up.
pub trait Provider: Send + Sync + 'static {
    /// How this provider signs.
    const SCHEME: Scheme;
}

/// The schemes of all providers in this module, in the order of the table above.
pub const ALL: &[Scheme] = &[
    StandardWebhooks::SCHEME,
    Stripe::SCHEME,
    GitHub::SCHEME,
    Slack::SCHEME,
    Shopify::SCHEME,
    GitLab::SCHEME,
    GitLabToken::SCHEME,
];
