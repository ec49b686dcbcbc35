//! What Redis says when it does not do as asked, and what to do about it.

use std::{error::Error, fmt};

use redis::RedisError;

use crate::error::{StoreError, StoreErrorKind};

/// An error of Redis and what to do about it.
#[derive(Debug)]
struct Explained {
    error: RedisError,
    advice: &'static str,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.advice {
            "" => fmt::Display::fmt(&self.error, f),
            advice => write!(f, "{} ({advice})", self.error),
        }
    }
}

/// Its text holds the error's: there is no source to add.
impl Error for Explained {}

pub(super) fn store_error(error: RedisError) -> StoreError {
    use StoreErrorKind::{Corrupt, Full, TimedOut, Unavailable};
    let says = |code| says(&error, code);
    let (kind, advice) = if is_out_of_memory(&error) {
        (Full, "raise `maxmemory`, or remember events for less long")
    } else if says("WRONGTYPE") || says("HOOKGATE") {
        (Corrupt, "something else writes keys with this prefix: give the store another with `prefix`")
    } else if error.is_timeout() {
        (TimedOut, "")
    } else if says("READONLY") {
        (
            Unavailable,
            "this is a replica: connect to the primary, with `Reconnecting`, which leaves one that no longer is",
        )
    } else if says("NOREPLICAS") {
        (Unavailable, "its replicas are gone (`min-replicas-to-write`), or it was cut off from them")
    } else if says("NOPERM") {
        (
            Unavailable,
            "the user needs `~<prefix>:* +get +set +del +pttl +pexpire +eval +evalsha +info`, for a cluster \
             `+cluster|slots +asking +ping` too, for a database other than 0 `+select`",
        )
    } else if says("NOAUTH") || says("WRONGPASS") {
        (Unavailable, "give the connection a user and a password")
    } else if says("CROSSSLOT") {
        (Unavailable, "use a cluster connection of the `redis` crate")
    } else {
        (Unavailable, "")
    };
    StoreError::with_source(kind, Explained { error, advice })
}

/// Whether the connection broke, before the server acted or after.
pub(super) fn is_cut_off(error: &StoreError) -> bool {
    let explained = error.source().and_then(|source| source.downcast_ref::<Explained>());
    explained.is_some_and(|explained| explained.error.is_connection_dropped())
}

/// Something that Redis never replies to this.
pub(super) fn odd_reply(reply: &redis::Value) -> StoreError {
    StoreError::with_source(StoreErrorKind::Corrupt, format!("an unexpected kind of reply: {}", kind(reply)))
}

pub(super) fn is_out_of_memory(error: &RedisError) -> bool {
    says(error, "OOM")
}

/// Whether the server does not know `SET` with both `NX` and `GET`: before 7.0.
pub(super) fn is_syntax_error(error: &RedisError) -> bool {
    says(error, "syntax error")
}

/// Errors inside of scripts come with their code in the text, in some versions.
fn says(error: &RedisError, what: &str) -> bool {
    error.code() == Some(what) || error.detail().is_some_and(|detail| detail.contains(what))
}

/// Replies may hold what others wrote: only their kind is told.
fn kind(reply: &redis::Value) -> &'static str {
    match reply {
        redis::Value::Nil => "nil",
        redis::Value::Int(_) => "integer",
        redis::Value::BulkString(_) => "bulk string",
        redis::Value::Array(_) => "array",
        _ => "other",
    }
}
