//! The program `hookgate`. See `hookgate --help`.
//!
//! | command | does |
//! |---|---|
//! | `hookgate providers` | lists the providers that hookgate knows |
//! | `hookgate check` | judges requests, one JSON object a line, and says what may be wrong with them |

mod check;
mod hints;
mod line;
mod list;

use std::{
    io::{self, BufWriter},
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
    /// Judges requests offline: JSON lines on standard input, a verdict for each on standard output.
    ///
    /// A line: {"provider":"slack","secrets":["…"],"method":"POST","url":"https://…","headers":{…},
    /// "body":"…" or "body_base64":"…","now":1531420618,"config":{…}}. Without "now" it is now. Public keys
    /// go into "public_key", "cert_pem" or "jwk".
    Check,
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let (input, output) = (io::stdin().lock(), BufWriter::new(io::stdout().lock()));
    let done = match Arguments::parse().command {
        Command::Providers { json } => list::print(output, json).map(|()| true),
        Command::Check => check::run(input, output),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        // Whoever reads has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hookgate: {error}");
            ExitCode::FAILURE
        }
    }
}
