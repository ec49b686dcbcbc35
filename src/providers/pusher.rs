use super::Provider;
use crate::scheme::{Batch, Part::Body, Scheme, header};

/// [Pusher Channels](https://pusher.com/docs/channels/server_api/webhooks/).
///
/// The signature covers the body.
///
/// The secret is the app's secret that belongs to the key in the X-Pusher-Key header, given as text. A
/// delivery carries a list of events under /events, none with an id; the time beside the list belongs to
/// what names them. An app may have several keys: the header X-Pusher-Key says which one signed. The
/// same secret lets users into private channels, by signatures of their names: bodies that do not begin
/// as JSON are refused. The endpoint that makes these has to check that the socket's id is digits, a
/// full stop and digits: one that begins with `{` could make JSON of it. Retries end after five minutes.
/// A delivery may carry several events. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Pusher;

impl Provider for Pusher {
    const SCHEME: Scheme = Scheme::hmac_sha256("pusher")
        .signature(header("x-pusher-signature").hex())
        .signs(&[Body])
        .batch(Batch::of("/events").beside("/time_ms").event_type("/name"))
        .key_also_signs(&[""])
        .retries_for_hours(1);
}
