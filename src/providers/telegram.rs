use super::Provider;
use crate::scheme::{Scheme, header, json_integer};

/// [Telegram Bot API](https://core.telegram.org/bots/api#setwebhook).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the `secret_token` given to `setWebhook`: 1 to 256 of the characters A to Z, a to z, 0
/// to 9, `_` and `-`. Telegram sends the token only if `setWebhook` was called with a `secret_token`.
/// The update id stays the same over retries. An update that keeps failing holds up those after it, so
/// answer with success to what cannot be handled. The kind of update is the name of the one member
/// beside `update_id`.
#[derive(Clone, Copy, Debug)]
pub struct Telegram;

impl Provider for Telegram {
    const SCHEME: Scheme = Scheme::token("telegram")
        .signature(header("x-telegram-bot-api-secret-token").raw())
        .id(json_integer("/update_id"));
}
