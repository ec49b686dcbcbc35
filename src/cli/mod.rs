//! The program `hookgate`. See `hookgate --help`.
//!
//! | command | does |
//! |---|---|
//! | `hookgate providers` | lists the providers that hookgate knows |
//! | `hookgate listen` | receives deliveries of any of them, and prints or passes on what is verified |
//! | `hookgate send` | signs deliveries as a provider does, and sends them |
//! | `hookgate check` | judges requests, one JSON object a line, and says what may be wrong with them |

mod check;
mod hints;
mod line;
mod list;
mod listen;
mod options;
mod retry;
mod send;
mod show;

use std::{
    future::Future,
    io::{self, BufRead, BufWriter, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "hookgate", version, about = "Receives webhooks, and finds out why one is not accepted")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Lists the providers that hookgate knows.
    Providers {
        /// One JSON object a line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Receives deliveries on a port, and prints what becomes of each.
    Listen(listen::Listen),
    /// Signs deliveries as a provider does and sends them, again where they are not accepted.
    Send(send::Send),
    /// Judges requests offline: JSON lines on standard input, a verdict for each on standard output.
    ///
    /// A line: {"provider":"slack","secrets":["…"],"method":"POST","url":"https://…","headers":{…},
    /// "body":"…" or "body_base64":"…","now":1531420618,"config":{…}}. Without "now" it is now. Public keys
    /// go into "public_key", "cert_pem" or "jwk". Null is the same as leaving a field out.
    ///
    /// Ends with 1 where a line is malformed. A provider that is not known is an error of its line, which is
    /// not judged, and no failure of the whole.
    Check,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    // Locked by those commands alone that write everything themselves.
    let output = || BufWriter::new(io::stdout().lock());
    let done = match Arguments::parse().command {
        Command::Providers { json } => list::print(output(), json).map(|()| true),
        Command::Check => check(io::stdin().lock(), output()),
        Command::Listen(listen) => return in_runtime(listen::run(listen)),
        Command::Send(send) => return in_runtime(send::run(send)),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            options::tell(format_args!("hookgate: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Judges every line, as `hookgate check` does; whether all of them could be. For fuzzing, which cannot start
/// a process for each input.
pub fn check(input: impl BufRead, output: impl Write) -> io::Result<bool> {
    check::run(input, output)
}

fn in_runtime(command: impl Future<Output = Result<bool, options::Failure>>) -> ExitCode {
    let done =
        tokio::runtime::Runtime::new().map_err(Into::into).and_then(|runtime| runtime.block_on(command));
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            options::tell(format_args!("hookgate: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Completes at Ctrl-C, or when the process is told to end.
async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = told.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}
