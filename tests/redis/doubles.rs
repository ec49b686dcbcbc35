//! Doubles of a connection, which reply as they like.

use redis::{Cmd, Pipeline, RedisFuture, Value, aio::ConnectionLike};

/// What a double does with a command.
pub trait Replies {
    fn reply<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value>;
}

/// A connection that replies so.
#[derive(Clone)]
pub struct Double<R>(pub R);

impl<R: Replies> ConnectionLike for Double<R> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        self.0.reply(command)
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        unreachable!("the store sends one command at a time")
    }

    fn get_db(&self) -> i64 {
        0
    }
}
