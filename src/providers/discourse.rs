use super::Provider;
use crate::scheme::{Part::Body, Scheme, first, header};

/// [Discourse](https://github.com/discourse/discourse).
///
/// The signature covers the body, but not the event type.
///
/// The secret is the text entered as the secret in the webhook's settings. The id in
/// `X-Discourse-Event-Id` is new for each attempt, so it is not taken as the event's id. Without a
/// secret in the settings Discourse sends no signature. Retries happen only if the site setting for
/// them is on, after 1, 5, 25 and 125 minutes. A 404 or 410 can switch the webhook off; for a form the
/// content type changes, but the body is JSON all the same. There is no event id, and a like that is
/// taken back and given again is the same bytes: a repeat is told only while its twin is handled, and
/// by the type too, since events of different types can have the same body. Retries: for up to 3 hours.
#[derive(Clone, Copy, Debug)]
pub struct Discourse;

impl Provider for Discourse {
    const SCHEME: Scheme = Scheme::hmac_sha256("discourse")
        .signature(header("x-discourse-event-signature").prefix("sha256="))
        .signs(&[Body])
        .event_type(first(&[header("x-discourse-event"), header("x-discourse-event-type")]))
        .retries_for_hours(3)
        .repeats_across_types()
        .repeats();
}
