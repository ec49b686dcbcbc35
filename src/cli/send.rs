//! `hookgate send`.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, stderr},
    sync::Arc,
    time::{Duration, Instant},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use super::options::{Failure, Secrets, data, provider};
use crate::{
    clock::{Clock as _, SystemClock},
    scheme::Scheme,
    testing::{SignedRequest, Signer},
};

#[derive(Args, Debug)]
pub(super) struct Send {
    /// Whose deliveries they are.
    #[arg(long)]
    provider: String,
    #[command(flatten)]
    secrets: Secrets,
    /// Where they go, such as `http://127.0.0.1:3000/webhooks/github` for a `hookgate listen`.
    #[arg(long)]
    url: String,
    /// The body; `@PATH` reads it from a file. `{number}` in it is replaced by the number of the event.
    #[arg(long, default_value = r#"{"type":"hookgate.test","number":{number}}"#)]
    data: String,
    /// The event id, where the scheme has one. Several events count from it.
    #[arg(long)]
    id: Option<String>,
    /// The event type, where the scheme has one.
    #[arg(long = "type")]
    event_type: Option<String>,
    /// A further header field.
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// How many events.
    #[arg(long, default_value_t = 1)]
    count: usize,
    /// How many at a time.
    #[arg(long, default_value_t = 1)]
    concurrency: usize,
    /// Sends each event once more after it was accepted.
    #[arg(long)]
    duplicate: bool,
    /// Changes a byte of the body after signing: to be refused.
    #[arg(long)]
    tamper: bool,
    /// How often an event is tried before it is given up.
    #[arg(long, default_value_t = 5)]
    max_attempts: u32,
}

/// What became of the events.
#[derive(Default)]
struct Summary {
    /// Answers by status; 0 where there was none.
    answers: BTreeMap<u16, usize>,
    latencies: Vec<Duration>,
    accepted: usize,
    given_up: usize,
}

/// How one event went.
struct Sent {
    answers: Vec<(u16, Duration)>,
    accepted: bool,
}

/// Sends, and says whether every event was accepted.
pub(super) async fn run(send: Send) -> Result<bool, Failure> {
    let scheme = provider(&send.provider)?;
    let signer = Arc::new(signer(scheme, &send)?);
    let body = data(&send.data)?;
    if send.count == 0 || send.concurrency == 0 || send.max_attempts == 0 {
        return Err("--count, --concurrency and --max-attempts must not be zero".into());
    }
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()?;
    let progress = progress(send.count);
    let room = Arc::new(Semaphore::new(send.concurrency.min(Semaphore::MAX_PERMITS)));
    let send = Arc::new(send);
    let mut tasks = JoinSet::new();
    let mut summary = Summary::default();
    for number in 0..send.count {
        let permit = Arc::clone(&room).acquire_owned().await?;
        while let Some(sent) = tasks.try_join_next() {
            summary.add(sent?, &progress);
        }
        let (send, signer, client) = (Arc::clone(&send), Arc::clone(&signer), client.clone());
        let body = numbered(&body, number);
        tasks.spawn(async move {
            let sent = one(&client, &signer, &send, number, body).await;
            drop(permit);
            sent
        });
    }
    while let Some(sent) = tasks.join_next().await {
        summary.add(sent?, &progress);
    }
    progress.finish_and_clear();
    summary.print();
    Ok(summary.given_up == 0)
}

fn signer(scheme: Scheme, send: &Send) -> Result<Signer, Failure> {
    let url: reqwest::Url = send.url.parse().map_err(|error| format!("--url {}: {error}", send.url))?;
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let origin = send.secrets.public_url.clone().unwrap_or_else(|| url.origin().ascii_serialization());
    let mut signer =
        Signer::for_scheme(scheme, send.secrets.of(&send.provider)?).target(target).public_url(origin);
    for (name, value) in send.secrets.config()? {
        signer = signer.config(name, value);
    }
    for header in &send.header {
        let (name, value) =
            header.split_once(':').ok_or_else(|| format!("--header {header}: write NAME: VALUE"))?;
        signer = signer.header(name.trim(), value.trim());
    }
    if let Some(event_type) = &send.event_type {
        signer = signer.event_type(event_type);
    }
    Ok(signer)
}

/// The body with the number of its event.
fn numbered(body: &[u8], number: usize) -> Vec<u8> {
    match std::str::from_utf8(body) {
        Ok(text) => text.replace("{number}", &number.to_string()).into_bytes(),
        Err(_) => body.to_vec(),
    }
}

fn progress(count: usize) -> ProgressBar {
    if count < 100 || !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta}");
    ProgressBar::new(count as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Tries one event until it is accepted or given up, and once more if that is wanted. Each attempt is signed
/// anew, as providers do.
async fn one(
    client: &reqwest::Client,
    signer: &Signer,
    send: &Send,
    number: usize,
    body: Vec<u8>,
) -> Result<Sent, String> {
    let signer = match &send.id {
        None if send.count == 1 => signer.clone(),
        id => signer.clone().id(format!("{}{}", id.as_deref().unwrap_or("evt_test_"), suffix(send, number))),
    };
    let mut sent = Sent { answers: Vec::new(), accepted: false };
    let (mut attempt, mut again) = (0, send.duplicate);
    loop {
        attempt += 1;
        let now = SystemClock::default().now().ok_or("the system clock is before 1970")?;
        let signed = signer.clone().at(now).sign(body.clone()).map_err(|error| error.to_string())?;
        let started = Instant::now();
        let answer = post(client, send, &signed).await;
        let status = answer.as_ref().map_or(0, |(status, _)| *status);
        sent.answers.push((status, started.elapsed()));
        match status {
            200..=299 if again => (again, attempt) = (false, 0),
            200..=299 => {
                sent.accepted = true;
                return Ok(sent);
            }
            // The receiver wants no more of these.
            410 => return Ok(sent),
            _ if attempt >= send.max_attempts => return Ok(sent),
            _ => sleep(pause(attempt, answer.and_then(|(_, wait)| wait))).await,
        }
    }
}

fn suffix(send: &Send, number: usize) -> String {
    if send.count == 1 { String::new() } else { number.to_string() }
}

/// The status, and how long the receiver asks to wait.
async fn post(
    client: &reqwest::Client,
    send: &Send,
    signed: &SignedRequest,
) -> Option<(u16, Option<Duration>)> {
    let mut url: reqwest::Url = send.url.parse().ok()?;
    // Some schemes put the signature into the query.
    let (path, query) =
        signed.target().split_once('?').map_or((signed.target(), None), |(path, query)| (path, Some(query)));
    url.set_path(path);
    url.set_query(query);
    let method = reqwest::Method::from_bytes(signed.method().as_bytes()).ok()?;
    let mut body = signed.body().to_vec();
    if send.tamper {
        match body.last_mut() {
            Some(byte) => *byte ^= 1,
            None => body.push(b' '),
        }
    }
    let mut request = client.request(method, url).body(body);
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    if !signed.headers().iter().any(|(name, _)| name == "content-type") {
        let json = signed.body().first().is_some_and(|first| b"{[".contains(first));
        let kind = if json { "application/json" } else { "application/x-www-form-urlencoded" };
        request = request.header("content-type", kind);
    }
    let answer = request.send().await.ok()?;
    let wait = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
    Some((answer.status().as_u16(), wait.map(Duration::from_secs)))
}

/// Exponential backoff with full jitter, or what the receiver asks for, a minute at most.
fn pause(attempt: u32, asked: Option<Duration>) -> Duration {
    use std::hash::{BuildHasher, RandomState};
    const MOST: Duration = Duration::from_secs(60);
    if let Some(asked) = asked {
        return asked.min(MOST);
    }
    let most = Duration::from_millis(250).saturating_mul(2_u32.saturating_pow(attempt.min(16))).min(MOST);
    let random = RandomState::new().hash_one(attempt) as f64 / u64::MAX as f64;
    most.mul_f64(random)
}

impl Summary {
    fn add(&mut self, sent: Result<Sent, String>, progress: &ProgressBar) {
        progress.inc(1);
        match sent {
            Ok(sent) => {
                for (status, latency) in sent.answers {
                    *self.answers.entry(status).or_default() += 1;
                    self.latencies.push(latency);
                }
                match sent.accepted {
                    true => self.accepted += 1,
                    false => self.given_up += 1,
                }
            }
            Err(error) => {
                eprintln!("not sent: {error}");
                self.given_up += 1;
            }
        }
    }

    fn print(&mut self) {
        self.latencies.sort_unstable();
        println!("accepted {}, given up {}", self.accepted, self.given_up);
        for (status, count) in &self.answers {
            match status {
                0 => println!("  no answer: {count}"),
                status => println!("  {status}: {count}"),
            }
        }
        let at = |share: f64| {
            let place =
                ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len().saturating_sub(1));
            self.latencies.get(place).copied().unwrap_or_default()
        };
        println!("  latency: median {:.1?}, 90 % {:.1?}, 99 % {:.1?}", at(0.5), at(0.9), at(0.99));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_are_random_and_end() {
        for attempt in 1..40 {
            let most = Duration::from_millis(250 << attempt.min(8)).min(Duration::from_secs(60));
            assert!(pause(attempt, None) <= most, "{attempt}");
        }
        let pauses: std::collections::BTreeSet<_> = (0..20).map(|_| pause(5, None)).collect();
        assert!(pauses.len() > 10);
        assert_eq!(pause(1, Some(Duration::from_secs(7))), Duration::from_secs(7));
        assert_eq!(pause(1, Some(Duration::MAX)), Duration::from_secs(60));
    }
}
