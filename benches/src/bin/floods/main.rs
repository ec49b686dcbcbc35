//! Floods: what a hostile internet and a broken provider do to one server, and what becomes of honest deliveries
//! and of the server's memory meanwhile.
//!
//! `cargo run --release -p hookgate-benches --bin floods -- [--seconds=12] [name…]` runs each against a server
//! process of its own, beside a quiet run, and prints a table. It fails where an honest delivery is lost or handled
//! twice, where something was asked of the store for a stranger, or where the server's memory exceeds
//! [`most_memory`].

mod client;
mod flood;
mod honest;
mod server;

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, ExitCode, Stdio},
    time::Duration,
};

use flood::{FLOODS, Flood};

/// The MiB that may be resident in the server: the room for strangers, the store when full, what the server
/// reads ahead for each connection, and the program.
fn most_memory(flood: &Flood) -> u64 {
    64 + 75 + (flood.connections() as u64 * 64).div_ceil(1024) + 32
}

/// A server's process.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    fn start() -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let mut child = command.arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, port: line.trim().parse().unwrap() }
    }

    /// The most memory that was resident, in MiB.
    fn peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|argument| argument == "server") {
        server::run();
        return ExitCode::SUCCESS;
    }
    let (options, names): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|word| word.starts_with("--"));
    let seconds = options.iter().find_map(|option| option.strip_prefix("--seconds="));
    let lasts = Duration::from_secs(seconds.map_or(12, |seconds| seconds.parse().unwrap()));
    let wanted = |flood: &&Flood| names.is_empty() || names.iter().any(|name| name == flood.name);
    println!(
        "| flood | sent by it, by answer | honest | refused on the way | lost | twice | p50 | p99 | most memory, of the bound | store calls |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut failed = false;
    for flood in FLOODS.iter().filter(wanted) {
        let problems = run(flood, lasts);
        failed |= !problems.is_empty();
        problems.iter().for_each(|problem| println!("\n**{}: {problem}**\n", flood.name));
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Runs one flood and prints its row. What went wrong, if anything.
fn run(flood: &Flood, lasts: Duration) -> Vec<String> {
    let server = Server::start();
    let (port, path) = (server.port, flood.path);
    // Honest senders have a thread of their own, so that what they wait for is the server.
    let honest = std::thread::spawn(move || honest::send(port, path, lasts));
    let answers = flood::unleash(flood, port, lasts);
    let honest = honest.join().unwrap();
    let counted = client::ask(port, "/counted");
    let [handled, twice, calls] = ["handled", "twice", "calls"].map(|name| server::read(&counted, name));
    let (peak, most) = (server.peak(), most_memory(flood));
    let lost = honest.sent - handled.min(honest.sent);
    let by_answer: Vec<String> =
        answers.iter().map(|(answer, count)| format!("{count} × {answer}")).collect();
    println!(
        "| {} | {} | {} | {} | {lost} | {twice} | {:.1} ms | {:.1} ms | {peak} of {most} MiB | {calls} |",
        flood.name,
        by_answer.join(", "),
        honest.sent,
        honest.refused,
        honest.percentile(50).as_secs_f64() * 1e3,
        honest.percentile(99).as_secs_f64() * 1e3,
    );
    let _ = std::io::stdout().flush();
    let mut problems = Vec::new();
    if lost > 0 || twice > 0 {
        problems.push(format!("{lost} honest deliveries were lost, {twice} were handled twice"));
    }
    if peak > most {
        problems.push(format!("{peak} MiB were resident, and {most} are allowed"));
    }
    // A claim and a completion for each, and one more for each retry of one that was refused.
    if flood.of_strangers && calls > 2 * honest.sent + honest.refused {
        problems.push(format!("{calls} calls of the store for {} honest deliveries", honest.sent));
    }
    problems
}
