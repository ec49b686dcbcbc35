//! `hookgate send`.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, IsTerminal, Write, stderr, stdout},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::header::{HeaderName, HeaderValue};
use tokio::{sync::Semaphore, task::JoinSet, time::sleep};

use super::{
    options::{Failure, Secrets, data, explained, http_url, provider, tell},
    retry::{asked, pause},
};
use crate::{
    clock::{Clock as _, SystemClock},
    scheme::{Scheme, Source},
    testing::{SignedRequest, Signer},
};

/// What is sent where nothing else is given.
const BODY: &str = r#"{"type":"hookgate.test","number":{number}}"#;

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
    /// Default: `{"type":"hookgate.test","number":{number}}`.
    #[arg(long)]
    data: Option<String>,
    /// The event id, where the scheme has one. Several events count from it. Where it is in the body it is
    /// written there, in place of the body's own.
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

/// Signs and sends events.
struct Sender {
    client: reqwest::Client,
    scheme: Scheme,
    signer: Signer,
    url: reqwest::Url,
    body: Vec<u8>,
    /// What ids of ours begin with: where they would not have to be written into a body of the user's, and the scheme
    /// has a place for them.
    ids: Option<String>,
    send: Send,
    /// Why there was no answer: each reason is told once.
    told: Mutex<BTreeSet<String>>,
}

/// Sends, and says whether every event was accepted.
pub(super) async fn run(send: Send) -> Result<bool, Failure> {
    send.secrets.check()?;
    let scheme = provider(&send.provider)?;
    let url = http_url("--url", &send.url)?;
    let signer = signer(scheme, &send, &url)?;
    let body = data(send.data.as_deref().unwrap_or(BODY))?;
    if send.count == 0 || send.concurrency == 0 || send.max_attempts == 0 {
        return Err("--count, --concurrency and --max-attempts must not be zero".into());
    }
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()?;
    let progress = progress(send.count);
    let room = Arc::new(Semaphore::new(send.concurrency.min(Semaphore::MAX_PERMITS)));
    let count = send.count;
    let counts = send.data.is_none() || count > 1 && id_header(&scheme).is_some();
    let counts = counts && signer.clone().id("evt_test_0").sign(numbered(&body, 0)).is_ok();
    let ids = match count {
        // The same one in each attempt, and another one with each call.
        1 => format!("evt_test_{}_", SystemClock::default().now().map_or(0, |now| now.as_millis())),
        _ => "evt_test_".to_owned(),
    };
    let ids = counts.then_some(ids);
    let sender = Arc::new(Sender { client, scheme, signer, url, body, ids, send, told: Mutex::default() });
    sender.check()?;
    let mut tasks = JoinSet::new();
    let mut summary = Summary::default();
    for number in 0..count {
        let permit = Arc::clone(&room).acquire_owned().await?;
        while let Some(sent) = tasks.try_join_next() {
            summary.add(sent?, &progress);
        }
        let sender = Arc::clone(&sender);
        tasks.spawn(async move {
            let sent = sender.one(number).await;
            drop(permit);
            sent
        });
    }
    while let Some(sent) = tasks.join_next().await {
        summary.add(sent?, &progress);
    }
    progress.finish_and_clear();
    match summary.print(stdout().lock()) {
        // Whoever reads has enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(summary.given_up == 0),
    }
}

fn signer(scheme: Scheme, send: &Send, url: &reqwest::Url) -> Result<Signer, Failure> {
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
        let (name, value) = named(header)?;
        signer = signer.header(name, value);
    }
    if let Some(event_type) = &send.event_type {
        signer = signer.event_type(event_type);
    }
    Ok(signer)
}

fn named(header: &str) -> Result<(&str, &str), Failure> {
    let (name, value) = header.split_once(':').ok_or("--header: write NAME: VALUE")?;
    Ok((name.trim(), value.trim()))
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

/// The header that the id is in, where it is in one.
fn id_header(scheme: &Scheme) -> Option<&'static str> {
    match scheme.id?.source {
        Source::Header { name, .. } => Some(name),
        Source::First(places) => match places.first()?.source {
            Source::Header { name, .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}

impl Sender {
    /// Signs an event and sends it nowhere: what cannot work is said before anything is sent.
    fn check(&self) -> Result<(), Failure> {
        self.request(&self.sign(0)?)?;
        Ok(())
    }

    fn sign(&self, number: usize) -> Result<SignedRequest, String> {
        let now = SystemClock::default().now().ok_or("the system clock is before 1970")?;
        let mut signer = self.signer.clone().at(now);
        if let Some(id) = self.id(number) {
            signer = signer.id(id);
        }
        signer.sign(numbered(&self.body, number)).map_err(|error| error.to_string())
    }

    /// The id that an event is given.
    fn id(&self, number: usize) -> Option<String> {
        let (send, header) = (&self.send, id_header(&self.scheme));
        if let Some(id) = &send.id {
            return Some(if send.count == 1 { id.clone() } else { format!("{id}{number}") });
        }
        let mut given = send.header.iter().filter_map(|given| named(given).ok());
        let given = given.rfind(|(name, _)| header.is_some_and(|id| id.eq_ignore_ascii_case(name)));
        if let Some((_, id)) = given {
            return Some(id.to_owned());
        }
        self.ids.as_ref().map(|ids| format!("{ids}{number}"))
    }

    fn request(&self, signed: &SignedRequest) -> Result<reqwest::Request, String> {
        let mut url = self.url.clone();
        // Some schemes put the signature into the query.
        let target = signed.target();
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        let method = reqwest::Method::from_bytes(signed.method().as_bytes());
        let method = method.map_err(|error| format!("{:?}: {error}", signed.method()))?;
        let mut body = signed.body().to_vec();
        if self.send.tamper {
            match body.last_mut() {
                Some(byte) => *byte ^= 1,
                None => body.push(b' '),
            }
        }
        let mut request = self.client.request(method, url).body(body);
        for (name, value) in signed.headers() {
            // Either may hold a secret.
            let name = HeaderName::try_from(name).map_err(|_| "this can be no header, by its name")?;
            let value = HeaderValue::try_from(value)
                .map_err(|_| format!("this can be no header, by its value: {name}"))?;
            request = request.header(name, value);
        }
        request.build().map_err(explained)
    }

    /// Tries one event until it is accepted or given up, and once more if that is wanted. Each attempt is signed
    /// anew, as providers do.
    async fn one(&self, number: usize) -> Result<Sent, String> {
        let mut sent = Sent { answers: Vec::new(), accepted: false };
        let (mut attempt, mut again) = (0, self.send.duplicate);
        loop {
            attempt += 1;
            let request = self.request(&self.sign(number)?)?;
            let started = Instant::now();
            let (status, wait) = self.post(request).await;
            sent.answers.push((status, started.elapsed()));
            match status {
                200..=299 if again => (again, attempt) = (false, 0),
                200..=299 => {
                    sent.accepted = true;
                    return Ok(sent);
                }
                // The receiver wants no more of these.
                410 => return Ok(sent),
                _ if attempt >= self.send.max_attempts => return Ok(sent),
                _ => sleep(pause(attempt, wait)).await,
            }
        }
    }

    /// The status, 0 where there is no answer, and how long the receiver asks to wait.
    async fn post(&self, request: reqwest::Request) -> (u16, Option<Duration>) {
        let answer = match self.client.execute(request).await {
            Ok(answer) => answer,
            Err(error) => {
                let why = explained(error);
                let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.insert(why.clone()) {
                    tell(format_args!("no answer: {why}"));
                }
                return (0, None);
            }
        };
        let now = SystemClock::default().now();
        let wait = answer.headers().get("retry-after").and_then(|wait| asked(wait.to_str().ok()?, now?));
        (answer.status().as_u16(), wait)
    }
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
                tell(format_args!("not sent: {error}"));
                self.given_up += 1;
            }
        }
    }

    fn print(&mut self, mut output: impl Write) -> io::Result<()> {
        self.latencies.sort_unstable();
        writeln!(output, "accepted {}, given up {}", self.accepted, self.given_up)?;
        for (status, count) in &self.answers {
            match status {
                0 => writeln!(output, "  no answer: {count}")?,
                status => writeln!(output, "  {status}: {count}")?,
            }
        }
        let at = |share: f64| {
            let place =
                ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len().saturating_sub(1));
            self.latencies.get(place).copied().unwrap_or_default()
        };
        writeln!(output, "  latency: median {:.1?}, 90 % {:.1?}, 99 % {:.1?}", at(0.5), at(0.9), at(0.99))?;
        output.flush()
    }
}
