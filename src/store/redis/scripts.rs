//! The steps that Redis takes in one go.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use redis::{Cmd, RedisError, RedisResult, ServerErrorKind, Value, aio::ConnectionLike};

/// A step that may be taken on a server without free memory: it ends a claim. Servers before 7.0 do
/// not know how to say so.
const ALLOW_OOM: &str = "#!lua flags=allow-oom\n";

macro_rules! script {
    ($file:literal) => {
        concat!(include_str!("record.lua"), "\n", include_str!($file))
    };
}

pub(super) struct Scripts {
    pub(super) claim: Script,
    pub(super) renew: Script,
    pub(super) complete: Script,
    pub(super) release: Script,
    pub(super) forget: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            // Not allowed without memory, and with no flags at all: without any the server refuses at
            // the first write only, so that duplicates are still told.
            claim: Script::plain(script!("claim.lua")),
            renew: Script::allowed(script!("renew.lua")),
            complete: Script::allowed(script!("complete.lua")),
            release: Script::allowed(script!("release.lua")),
            forget: Script::allowed(script!("forget.lua")),
        }
    }
}

/// One script, in the form that the server understands.
pub(super) struct Script {
    plain: Code,
    flagged: Option<Code>,
    knows_flags: AtomicBool,
}

struct Code {
    text: String,
    hash: String,
}

impl Code {
    fn new(text: String) -> Self {
        Self { hash: redis::Script::new(&text).get_hash().to_owned(), text }
    }
}

impl Script {
    fn plain(code: &str) -> Self {
        Self { plain: Code::new(code.to_owned()), flagged: None, knows_flags: AtomicBool::new(false) }
    }

    fn allowed(code: &str) -> Self {
        Self {
            flagged: Some(Code::new(format!("{ALLOW_OOM}{code}"))),
            knows_flags: AtomicBool::new(true),
            ..Self::plain(code)
        }
    }

    /// Runs the script by its digest; a server that does not know it yet, or was restarted, gets the
    /// whole of it once.
    pub(super) async fn run<C: ConnectionLike>(
        &self,
        connection: &mut C,
        call: &Call<'_>,
    ) -> RedisResult<Value> {
        if let Some(flagged) = self.flagged.as_ref().filter(|_| self.knows_flags.load(Relaxed)) {
            match call.run(connection, flagged).await {
                Err(error) if does_not_compile(&error) => self.knows_flags.store(false, Relaxed),
                reply => return reply,
            }
        }
        call.run(connection, &self.plain).await
    }
}

fn does_not_compile(error: &RedisError) -> bool {
    error.detail().is_some_and(|detail| detail.contains("compiling script"))
}

/// The keys and arguments of one run.
pub(super) struct Call<'a> {
    pub(super) keys: &'a [Vec<u8>],
    pub(super) args: &'a [&'a [u8]],
}

impl Call<'_> {
    async fn run<C: ConnectionLike>(&self, connection: &mut C, script: &Code) -> RedisResult<Value> {
        match self.command("EVALSHA", &script.hash).query_async(connection).await {
            Err(error) if is_unknown(&error) => {
                self.command("EVAL", &script.text).query_async(connection).await
            }
            reply => reply,
        }
    }

    fn command(&self, name: &str, script: &str) -> Cmd {
        let mut command = redis::cmd(name);
        command.arg(script).arg(self.keys.len()).arg(self.keys).arg(self.args);
        command
    }
}

fn is_unknown(error: &RedisError) -> bool {
    error.kind() == redis::ErrorKind::Server(ServerErrorKind::NoScript)
}
