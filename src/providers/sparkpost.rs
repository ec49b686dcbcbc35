use super::Provider;
use crate::scheme::{Batch, Scheme, header};

/// [SparkPost](https://developers.sparkpost.com/api/webhooks/).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is `user:password` as entered for basic authentication in the webhook's settings.
/// SparkPost signs nothing; this is for webhooks set to basic authentication and not to OAuth 2.0. The
/// body is an array of events, each an object `msys` with one member named after the kind of event. The
/// id is the batch's, which stays the same over retries. Retries go on for eight hours. A delivery may
/// carry several events. Retries: for up to 8 hours.
#[derive(Clone, Copy, Debug)]
pub struct SparkPost;

impl Provider for SparkPost {
    const SCHEME: Scheme = Scheme::basic("sparkpost")
        .id(header("x-messagesystems-batch-id"))
        .batch(Batch::of(""))
        .retries_for_hours(8);
}
