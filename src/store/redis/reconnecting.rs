//! A connection that replaces itself.

use std::{
    error::Error,
    fmt,
    future::Future,
    hash::{BuildHasher, RandomState},
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redis::{Cmd, Pipeline, RedisError, RedisFuture, RedisResult, Value, aio::ConnectionLike};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use crate::telemetry::log;

/// The pause after the first attempt to connect that failed, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// How long an attempt to connect may take, before another is begun.
const LONGEST_ATTEMPT: Duration = Duration::from_secs(5);
/// How many commands in a row may go without a reply before the connection is given up.
const MOST_UNANSWERED: u32 = 3;

/// A connection that is made anew where it breaks, no longer answers, or turns out to be to a
/// replica. Around a client of one server, it finds the next server that its name stands for:
///
/// ```
/// # fn build() -> redis::RedisResult<()> {
/// use hookgate::store::{Reconnecting, RedisStore};
///
/// let client = redis::Client::open("redis://127.0.0.1/")?;
/// let store = RedisStore::new(Reconnecting::new(move || {
///     let client = client.clone();
///     async move { client.get_multiplexed_async_connection().await }
/// }));
/// # let _ = store; Ok(()) }
/// ```
///
/// Around Sentinel's, the next primary:
///
/// ```no_run
/// # async fn build() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use hookgate::store::{Reconnecting, RedisStore};
/// use redis::sentinel::{SentinelClient, SentinelServerType};
///
/// let sentinels = vec!["redis://10.0.0.1:26379", "redis://10.0.0.2:26379", "redis://10.0.0.3:26379"];
/// let sentinel = SentinelClient::build(sentinels, "mymaster", None, SentinelServerType::Master)?;
/// let sentinel = Arc::new(tokio::sync::Mutex::new(sentinel));
/// let connection = Reconnecting::new(move || {
///     let sentinel = Arc::clone(&sentinel);
///     async move { sentinel.lock().await.get_async_connection().await }
/// });
/// let store = RedisStore::new(connection);
/// # Ok(()) }
/// ```
///
/// However many commands need it, one attempt to connect is under way at a time, for five seconds at most, and after one
/// that failed the next waits: 50 ms at first and at most two seconds, with jitter. Until then commands
/// fail at once. A command that failed is not sent again here; the store sends it once more where the connection broke.
pub struct Reconnecting<C>(Arc<Shared<C>>);

type Connecting<C> = Pin<Box<dyn Future<Output = Result<C, Box<dyn Error + Send + Sync>>> + Send>>;

struct Shared<C> {
    connect: Box<dyn Fn() -> Connecting<C> + Send + Sync>,
    state: Mutex<State<C>>,
}

struct State<C> {
    now: Now<C>,
    /// Counts attempts to connect and connections, so that a late failure does not take down the next one.
    generation: u64,
    /// Failures in a row: of attempts to connect, and of connections of no use.
    failures: u32,
    /// Commands in a row that nobody got a reply to.
    unanswered: u32,
    last_error: String,
}

enum Now<C> {
    Connected(C),
    /// Since when. The sender is dropped with the attempt.
    Connecting(Instant, watch::Receiver<()>),
    Waiting(Instant),
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Reconnecting<C> {
    /// A connection that `connect` makes, for the first time when it is needed.
    pub fn new<F, Fut, E>(connect: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<C, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let connect = move || {
            let connecting = connect();
            Box::pin(async move { connecting.await.map_err(Into::into) }) as Connecting<C>
        };
        let state = State {
            now: Now::Waiting(Instant::now()),
            generation: 0,
            failures: 0,
            unanswered: 0,
            last_error: String::new(),
        };
        Self(Arc::new(Shared { connect: Box::new(connect), state: Mutex::new(state) }))
    }

    /// The connection there is, or the next one.
    async fn connected(&self) -> RedisResult<(C, u64)> {
        loop {
            let (mut ended, attempt) = {
                let mut state = self.0.state();
                let now = Instant::now();
                match &state.now {
                    Now::Connected(connection) => return Ok((connection.clone(), state.generation)),
                    // Its own time-out does not end it where its runtime does not run: its thread is blocked.
                    Now::Connecting(since, ended) if *since + LONGEST_ATTEMPT > now => (ended.clone(), None),
                    Now::Waiting(until) if *until > now => return Err(state.not_connected()),
                    Now::Connecting(..) | Now::Waiting(_) => {
                        let (sender, ended) = watch::channel(());
                        state.now = Now::Connecting(now, ended.clone());
                        state.generation += 1;
                        let attempt = Attempt {
                            shared: Arc::clone(&self.0),
                            generation: state.generation,
                            connected: None,
                            _ended: sender,
                        };
                        (ended, Some(attempt))
                    }
                }
            };
            if let Some(attempt) = attempt {
                // On a task of its own: whoever asked for it may be out of time before it ends.
                tokio::spawn(async move {
                    let connected = timeout(LONGEST_ATTEMPT, (attempt.shared.connect)()).await;
                    attempt.ends(match connected {
                        Ok(connected) => connected.map_err(|error| error.to_string()),
                        Err(_) => Err("the attempt to connect took too long".to_owned()),
                    });
                });
            }
            // Ends with the attempt, as an error: nothing is ever sent.
            let _ = ended.changed().await;
        }
    }

    async fn watched<T>(&self, run: impl AsyncFnOnce(&mut C) -> RedisResult<T>) -> RedisResult<T> {
        let (mut connection, generation) = self.connected().await?;
        let watch = Unanswered { shared: &self.0, generation, answered: false };
        let reply = run(&mut connection).await;
        watch.answered(reply.as_ref().err());
        reply
    }
}

/// An attempt to connect. Where it is cut off, by a panic or by the end of its runtime, it failed: else the next
/// would start at once, and on a runtime that ends so would one after the other.
struct Attempt<C> {
    shared: Arc<Shared<C>>,
    generation: u64,
    connected: Option<Result<C, String>>,
    _ended: watch::Sender<()>,
}

impl<C> Attempt<C> {
    fn ends(mut self, connected: Result<C, String>) {
        self.connected = Some(connected);
    }
}

impl<C> Drop for Attempt<C> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        match self.connected.take() {
            // Another was begun meanwhile, and was faster.
            Some(Ok(_)) if matches!(state.now, Now::Connected(_)) => {}
            Some(Ok(connection)) => {
                state.generation += 1;
                state.unanswered = 0;
                state.now = Now::Connected(connection);
            }
            _ if state.generation != self.generation => {}
            Some(Err(why)) => state.failed(&why),
            None => state.failed("the attempt to connect was cut off"),
        }
    }
}

impl<C> Shared<C> {
    fn state(&self) -> MutexGuard<'_, State<C>> {
        // Nothing that could panic runs under the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> State<C> {
    fn failed(&mut self, why: &str) {
        log!(warn, error = why, failures = self.failures + 1, "the connection to Redis has to be made anew");
        // The first time at once: most often the server was restarted, or another was promoted.
        let pause = match self.failures {
            0 => Duration::ZERO,
            failures => jittered((PAUSES.0 * 2_u32.saturating_pow(failures - 1)).min(PAUSES.1)),
        };
        self.failures = self.failures.saturating_add(1);
        self.last_error = why.to_owned();
        self.now = Now::Waiting(Instant::now() + pause);
    }

    fn not_connected(&self) -> RedisError {
        io::Error::new(io::ErrorKind::NotConnected, format!("not connected to Redis: {}", self.last_error))
            .into()
    }
}

/// Between a half and the whole of this.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one("jitter") % 512;
    pause / 2 + pause / 1024 * random as u32
}

/// Notices a command that was dropped without its reply.
struct Unanswered<'a, C> {
    shared: &'a Shared<C>,
    generation: u64,
    answered: bool,
}

impl<C> Unanswered<'_, C> {
    fn answered(mut self, error: Option<&RedisError>) {
        let Some(error) = error else {
            self.answered = true;
            let mut state = self.shared.state();
            (state.failures, state.unanswered) = (0, 0);
            return;
        };
        // A timeout of the connection's own is no answer either.
        if error.is_timeout() {
            return;
        }
        self.answered = true;
        if is_of_no_use(error) {
            self.give_up(&error.to_string());
        }
    }

    fn give_up(&self, why: &str) {
        let mut state = self.shared.state();
        if state.generation == self.generation && matches!(state.now, Now::Connected(_)) {
            state.failed(why);
        }
    }
}

impl<C> Drop for Unanswered<'_, C> {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        let unanswered = {
            let mut state = self.shared.state();
            state.unanswered += u32::from(state.generation == self.generation);
            state.unanswered
        };
        if unanswered >= MOST_UNANSWERED {
            self.give_up("it does not answer");
        }
    }
}

/// Whether the connection is broken, or to a server that will not take writes.
fn is_of_no_use(error: &RedisError) -> bool {
    error.is_unrecoverable_error()
        || error.is_io_error()
        // One without replicas may have been cut off from those that elected another.
        || matches!(error.code(), Some("READONLY" | "MASTERDOWN" | "LOADING" | "NOREPLICAS"))
        // Inside of scripts the code is in the text, in some versions.
        || error.detail().is_some_and(|text| text.contains("READONLY") || text.contains("NOREPLICAS"))
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> ConnectionLike for Reconnecting<C> {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(self.watched(async move |connection: &mut C| {
            connection.req_packed_command(command).await?.extract_error()
        }))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(self.watched(async move |connection: &mut C| {
            connection.req_packed_commands(pipeline, offset, count).await
        }))
    }

    fn get_db(&self) -> i64 {
        match &self.0.state().now {
            Now::Connected(connection) => connection.get_db(),
            Now::Connecting(..) | Now::Waiting(_) => 0,
        }
    }
}

impl<C> Clone for Reconnecting<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> fmt::Debug for Reconnecting<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnecting").finish_non_exhaustive()
    }
}
