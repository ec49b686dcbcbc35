use super::Provider;
use crate::scheme::{Scheme, all, header, json, json_integer};

/// [Flutterwave, version 3](https://developer.flutterwave.com/v3.0/docs/webhooks).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the secret hash from the webhook settings of the dashboard, given as it is. Ask the
/// API for the transaction before you act on it. The event's name with the transaction's id and status
/// stands for an event id: a charge that failed may come again as successful. What has no status is
/// told by the digest of its body. Retries have to be switched on: three, half an hour apart. Retries:
/// for up to 2 hours.
#[derive(Clone, Copy, Debug)]
pub struct Flutterwave;

impl Provider for Flutterwave {
    const SCHEME: Scheme = Scheme::token("flutterwave")
        .signature(header("verif-hash").raw())
        .id(all(&[json("/event"), json_integer("/data/id"), json("/data/status")]))
        .event_type(json("/event"))
        .retries_for_hours(2)
        .acknowledged(200, "");
}
