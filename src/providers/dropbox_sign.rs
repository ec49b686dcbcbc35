use super::Provider;
use crate::scheme::{Part::Json, Scheme, json};

/// [Dropbox Sign](https://developers.hellosign.com/docs/events/walkthrough/).
///
/// **The signature covers only these values of the body**: `/event/event_time` and `/event/event_type`.
/// Whoever sees one delivery can change the rest. It covers the timestamp and the event type.
///
/// **Deliveries as they come are refused**: Dropbox Sign sends `multipart/form-data` with the JSON in the
/// field `json`, and only JSON is read here. Take that field out first and give it to a
/// [`Verifier`](crate::Verifier) as the body.
///
/// The secret is the API key of the account that owns the callback, used as text. The hash is made of
/// the event's time and type alone and is the same for any two events of one second and one type, so it
/// is no id: a repeat is told only while its twin is handled. An answer counts only as 200 with the text
/// `Hello API Event Received` in its body. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct DropboxSign;

impl Provider for DropboxSign {
    const SCHEME: Scheme = Scheme::hmac_sha256("dropbox-sign")
        .signature(json("/event/event_hash").hex())
        .signs(&[Json("/event/event_time"), Json("/event/event_type")])
        .timestamp(json("/event/event_time").seconds().not_enforced())
        .acknowledged(200, "Hello API Event Received")
        .repeats()
        .event_type(json("/event/event_type"));
}
