use super::Provider;
use crate::scheme::{Scheme, all, first, header, json, json_integer};

/// [Postmark](https://postmarkapp.com/developer/webhooks/webhooks-overview).
///
/// **This authenticates the sender and binds nothing**: the password travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the user name and password put into the webhook's URL or its HTTP authentication
/// fields, given as user:password. Postmark signs nothing: admit its published addresses only. The id is
/// `X-PM-Webhook-Trace-Id`, which stays over retries; where it is missing, only bounces and spam
/// complaints have one. The MessageID is the same for all opens and clicks of a message. Inbound
/// messages have no RecordType. Only the status 200 is a success, so handlers have to answer that, not
/// 204, and 403 stops the retries. Retries: for up to 11 hours.
#[derive(Clone, Copy, Debug)]
pub struct Postmark;

impl Provider for Postmark {
    const SCHEME: Scheme = Scheme::basic("postmark")
        .id(first(&[header("x-pm-webhook-trace-id"), all(&[json("/RecordType"), json_integer("/ID")])]))
        .event_type(json("/RecordType"))
        .retries_for_hours(11)
        .acknowledged(200, "");
}
