use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, header, query};

/// [Dropbox](https://www.dropbox.com/developers/reference/webhooks).
///
/// The signature covers the body.
///
/// The secret is the app secret from the app console, used as text. A notification only lists the
/// accounts with changes: ask for the changes with the account's cursor. The URL is checked with a GET
/// whose `challenge` parameter must come back as plain text. Notifications have no id, and two about
/// the same account can be equal byte for byte without being retries: a repeat is told only while its
/// twin is handled. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Dropbox;

impl Provider for Dropbox {
    const SCHEME: Scheme = Scheme::hmac_sha256("dropbox")
        .signature(header("x-dropbox-signature").hex())
        .signs(&[Body])
        .handshakes(&[Handshake::get().challenge(query("challenge")).echoed()])
        .repeats()
        .retries_for_hours(1);
}
