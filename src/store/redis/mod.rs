//! The store that several processes share.

mod claiming;
mod errors;
mod health;
mod names;
mod reconnecting;
mod record;
mod scripts;

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use redis::{Value, aio::ConnectionLike};

use self::{
    claiming::Claiming,
    errors::{is_cut_off, is_out_of_memory, is_syntax_error, odd_reply, store_error},
    names::Names,
    record::{Record, digits, hex},
    scripts::{Call, Script, Scripts},
};
pub use self::{health::Health, reconnecting::Reconnecting};
use super::{Claim, EventKey, Hold, Outcome, Retention, Store, Token};
use crate::{
    error::{ConfigError, StoreError, StoreErrorKind, check_duration},
    telemetry::log,
};

/// Remembers events **in a Redis or Valkey** (6.2 or later) that all your processes share, over the
/// connection that you have already: one server, Sentinel or Cluster.
///
/// ```no_run
/// # async fn build() -> Result<(), Box<dyn std::error::Error>> {
/// use hookgate::{Receiver, providers::Stripe, store::{Reconnecting, RedisStore}};
///
/// let client = redis::Client::open("redis://127.0.0.1/")?;
/// let store = RedisStore::new(Reconnecting::new(move || {
///     let client = client.clone();
///     async move { client.get_multiplexed_async_connection().await }
/// }));
/// store.health().await?; // warns where the server may forget
///
/// let stripe = Receiver::<Stripe>::builder()
///     .secret("whsec_test_0123456789abcdef0123456789abcdef")
///     .store(store)
///     .build()?;
/// # Ok(()) }
/// ```
///
/// # Connections
///
/// Any asynchronous connection of the `redis` crate that can be cloned:
///
/// | servers | connection |
/// |---|---|
/// | one, or a name that is moved to another | [`Reconnecting`] around `Client::get_multiplexed_async_connection` |
/// | Sentinel | [`Reconnecting`] around `SentinelClient::get_async_connection` |
/// | Cluster | `ClusterConnection` |
///
/// A `MultiplexedConnection` alone stays broken once it is. A `ConnectionManager` connects anew then, but stays with a
/// server that is silently gone, or was made a replica.
///
/// A call whose connection turns out to be closed is made once more, over the next one: one that was closed while
/// nobody used it is no outage. Every call is bounded by [`timeout`](RedisStoreBuilder::timeout), by default half a
/// second. When it runs out it is unknown whether the server acted: a claim that it may have granted unheard is taken
/// back, and where that is not heard either it ends with its lease, and until then the provider is told to come back.
///
/// # What it costs
///
/// Two round trips for an event that is handled: one to claim and one to settle. One for a duplicate
/// of an event that was done. Two for a duplicate of one that is running where the id is signed,
/// since only the server's clock can tell whether the lease has lapsed. A remembered event takes some
/// 175 bytes of the server's memory with an id of 28 bytes, twice that where the id is not signed.
///
/// # What the server must do
///
/// - **Not evict**: with any `maxmemory-policy` but `noeviction` a full server forgets done events,
///   and they are handled again. [`health`](Self::health) looks. A full server without eviction
///   refuses new claims ([`StoreErrorKind::Full`], 503), still tells duplicates, and from Redis 7.0
///   on still lets claims be settled.
/// - **Keep what it acknowledged**: what a restart or a failover loses is forgotten. Replication is
///   asynchronous: a replica that is promoted may lack the last claims and completions, and an old
///   primary that still answers grants claims of its own. `appendfsync always` and
///   `min-replicas-to-write` narrow both.
///
/// # Keys
///
/// `hookgate:{` scope `}:i:` id, for example `hookgate:{6:stripe6:stripe}:i:evt_1`; `:h:` and the
/// SHA-256 for ids over 200 bytes, `:c:` and a digest for content. All events of one receiver are in
/// one hash slot, so that an id and its content can be claimed in one step: of a cluster, each
/// receiver uses one node. `1204…` is an event that was done with 204, `R…` one that runs, `F2:…` one
/// that is free after two attempts; `Q…` and `G2:…` are the same after it was forgotten. All expire by the server's clock.
pub struct RedisStore<C>(Arc<Inner<C>>);

struct Inner<C> {
    connection: C,
    prefix: String,
    timeout: Duration,
    scripts: Scripts,
    /// Whether the server knows `SET` with both `NX` and `GET`: from 7.0 on.
    sets_and_gets: AtomicBool,
    /// Half of a token, that tells this store from all others.
    origin: u64,
    /// Of tokens and marks.
    numbers: AtomicU64,
}

/// How long the attempts of an event that is not done are counted, beyond its lease. The scripts say
/// the same.
const LINGER: Duration = Duration::from_secs(24 * 60 * 60);

/// Builds a [`RedisStore`].
pub struct RedisStoreBuilder<C> {
    connection: C,
    prefix: String,
    timeout: Duration,
}

impl<C> RedisStoreBuilder<C> {
    /// What all keys begin with, before a colon. Default `hookgate`. No braces, which name hash slots.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How long a call may take at most, connecting included. Default half a second.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The store. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// A prefix that is empty or has braces in it, a timeout of zero or without end.
    pub fn build(self) -> Result<RedisStore<C>, ConfigError> {
        if self.prefix.is_empty() || self.prefix.contains(['{', '}']) {
            return Err(ConfigError::BadPrefix);
        }
        check_duration("timeout", self.timeout)?;
        Ok(RedisStore(Arc::new(Inner::new(self))))
    }
}

impl<C> fmt::Debug for RedisStoreBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStoreBuilder")
            .field("prefix", &self.prefix)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

impl<C> Inner<C> {
    fn new(builder: RedisStoreBuilder<C>) -> Self {
        let RedisStoreBuilder { connection, prefix, timeout } = builder;
        Self {
            connection,
            prefix,
            timeout,
            scripts: Scripts::default(),
            sets_and_gets: AtomicBool::new(true),
            origin: RandomState::new().hash_one(std::process::id()),
            numbers: AtomicU64::new(0),
        }
    }

    fn token(&self) -> Token {
        Token::new(u128::from(self.origin) << 64 | u128::from(self.number()))
    }

    /// Tells one call that ends a claim from all others, but for one in 100,000.
    fn mark(&self) -> [u8; 5] {
        let [.., a, b, c, d, e] = digits((self.origin.wrapping_add(self.number()) % 100_000) as u32);
        [a, b, c, d, e]
    }

    fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Relaxed)
    }
}

impl<C> RedisStore<C> {
    /// A store over this connection, with all defaults.
    pub fn new(connection: C) -> Self {
        Self(Arc::new(Inner::new(Self::builder(connection))))
    }

    /// A builder.
    pub fn builder(connection: C) -> RedisStoreBuilder<C> {
        RedisStoreBuilder { connection, prefix: "hookgate".to_owned(), timeout: Duration::from_millis(500) }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> RedisStore<C> {
    /// Asks the server who it is, and warns in the log where it may forget events. Call it at start:
    /// it also finds out whether the server can be reached.
    ///
    /// # Errors
    ///
    /// The server cannot be reached, does not allow `INFO`, or is older than 6.2.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let info = || async {
            let mut connection = self.0.connection.clone();
            redis::cmd("INFO").query_async(&mut connection).await.map_err(store_error)
        };
        let (info, _) = self.once_or_twice(info).await?;
        let health = Health::read(&info).ok_or_else(|| odd_reply(&info))?;
        if !health.is_recent() {
            let problem = format!("Redis {} is too old: 6.2 or later is needed", health.version());
            return Err(StoreError::with_source(StoreErrorKind::Unavailable, problem));
        }
        if health.may_evict() {
            log!(
                warn,
                policy = health.eviction_policy(),
                "Redis may evict: when its memory is full it forgets events, and they are handled twice. \
                 Set maxmemory-policy to noeviction"
            );
        }
        Ok(health)
    }

    async fn in_time<T>(&self, step: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let timed_out = |_| Err(StoreError::new(StoreErrorKind::TimedOut));
        tokio::time::timeout(self.0.timeout, step).await.unwrap_or_else(timed_out)
    }

    /// Takes a step, and once more where the connection broke: most often it was closed long ago, while nobody used
    /// it, and the server is well. Whether it was twice belongs to the answer: others may have acted in between.
    async fn once_or_twice<T, F>(&self, step: impl Fn() -> F) -> Result<(T, bool), StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        self.in_time(async {
            match step().await {
                Err(error) if is_cut_off(&error) => step().await.map(|taken| (taken, true)),
                taken => taken.map(|taken| (taken, false)),
            }
        })
        .await
    }

    async fn run(&self, script: &Script, names: &Names, args: &[&[u8]]) -> Result<Value, StoreError> {
        let mut connection = self.0.connection.clone();
        script.run(&mut connection, &Call { keys: &names.keys, args }).await.map_err(store_error)
    }

    /// Runs a script that replies whether the token was the owner's.
    async fn hold(&self, script: &Script, names: &Names, args: &[&[u8]]) -> Result<Hold, StoreError> {
        match self.once_or_twice(|| self.run(script, names, args)).await? {
            (Value::Int(1), _) => Ok(Hold::Held),
            (Value::Int(0), false) => Ok(Hold::Lost),
            // Or it was held the first time, which was not heard, and what it freed was won by another since.
            (Value::Int(0), true) => Err(StoreError::new(StoreErrorKind::Unavailable)),
            (other, _) => Err(odd_reply(&other)),
        }
    }

    /// The claim of an event that most likely is new, where only its id is claimed: the command that
    /// the server is fastest at. `None` where it takes the script to tell.
    async fn claim_new(
        &self,
        names: &Names,
        token: Token,
        lease: Duration,
    ) -> Result<Option<Claim>, StoreError> {
        let [id] = names.keys.as_slice() else { return Ok(None) };
        if !self.0.sets_and_gets.load(Relaxed) {
            return Ok(None);
        }
        let record = Record::running(names.tag, token);
        let mut set = redis::cmd("SET");
        set.arg(id).arg(&record[..]).arg("NX").arg("GET").arg("PX").arg(millis(lease.saturating_add(LINGER)));
        let mut connection = self.0.connection.clone();
        match set.query_async(&mut connection).await {
            Err(error) if is_syntax_error(&error) => {
                self.0.sets_and_gets.store(false, Relaxed);
                Ok(None)
            }
            // It may be a duplicate, which a full server can still tell.
            Err(error) if is_out_of_memory(&error) => Ok(None),
            Err(error) => Err(store_error(error)),
            Ok(Value::Nil) => Ok(Some(Claim::Won { token, attempt: 1 })),
            Ok(Value::BulkString(record)) => match Record::read(&record).ok_or_else(foreign)? {
                Record::Done { status, tag } => Ok(Some(names.done(status, tag))),
                // Sent twice by a connection that lost the first reply.
                Record::Running { token: ours, attempt } if ours == token => {
                    Ok(Some(Claim::Won { token, attempt }))
                }
                Record::Running { .. } | Record::Free => Ok(None),
            },
            Ok(other) => Err(odd_reply(&other)),
        }
    }

    async fn claim_as(&self, names: &Names, token: Token, lease: Duration) -> Result<Claim, StoreError> {
        if let Some(claim) = self.claim_new(names, token, lease).await? {
            return Ok(claim);
        }
        let (tag, owner, lease) = (digits(names.tag), digits(names.owner), millis(lease).to_string());
        let args = [&hex(token)[..], &tag, &owner, lease.as_bytes()];
        let reply = self.run(&self.0.scripts.claim, names, &args).await?;
        let read = |record: &[u8]| Record::read(record).ok_or_else(foreign);
        match &reply {
            Value::Int(attempt @ 1..) => {
                Ok(Claim::Won { token, attempt: u32::try_from(*attempt).unwrap_or(u32::MAX) })
            }
            Value::BulkString(record) => match read(record)? {
                Record::Done { status, tag } => Ok(names.done(status, tag)),
                _ => Err(odd_reply(&reply)),
            },
            Value::Array(parts) => match parts.as_slice() {
                [Value::Int(left)] => {
                    let left = u64::try_from(*left).unwrap_or(0);
                    Ok(Claim::Running { retry_after: Duration::from_millis(left) })
                }
                [Value::Int(0), Value::BulkString(record)] => match read(record)? {
                    Record::Done { status, .. } => Ok(Claim::Replayed { outcome: Outcome::new(status) }),
                    _ => Err(odd_reply(&reply)),
                },
                _ => Err(odd_reply(&reply)),
            },
            other => Err(odd_reply(other)),
        }
    }

    /// Ends a claim, and takes so many off the number of attempts.
    async fn let_go(&self, names: &Names, token: Token, untried: &[u8]) -> Result<Hold, StoreError> {
        self.hold(&self.0.scripts.release, names, &[&hex(token), untried, &self.0.mark()]).await
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Store for RedisStore<C> {
    async fn claim(&self, key: &EventKey, lease: Duration) -> Result<Claim, StoreError> {
        let token = self.0.token();
        let claiming = Claiming::new(self, Names::of(&self.0.prefix, key), token);
        let claim = self.once_or_twice(|| self.claim_as(claiming.names(), token, lease)).await;
        let claim = claim.map(|(claim, _)| claim);
        // An error of the connection says as little as none.
        let heard =
            |error: &StoreError| matches!(error.kind(), StoreErrorKind::Full | StoreErrorKind::Corrupt);
        if claim.as_ref().err().is_none_or(heard) {
            claiming.end();
        }
        claim
    }

    async fn renew(&self, key: &EventKey, token: Token, lease: Duration) -> Result<Hold, StoreError> {
        let (names, lease) = (Names::of(&self.0.prefix, key), millis(lease).to_string());
        let [id, content] = [names.tag, names.owner].map(|tag| Record::running(tag, token));
        let token = hex(token);
        let args = names.arguments([&token, lease.as_bytes()], [&id, &content]);
        self.hold(&self.0.scripts.renew, &names, &args).await
    }

    async fn complete(
        &self,
        key: &EventKey,
        token: Token,
        retention: Retention,
        outcome: Outcome,
    ) -> Result<Hold, StoreError> {
        let (names, keep) = (Names::of(&self.0.prefix, key), millis(retention.keep).to_string());
        let mark = self.0.mark();
        let [id, content] = [names.tag, names.owner].map(|tag| Record::done(tag, outcome.status(), mark));
        let token = hex(token);
        let args = names.arguments([&token, keep.as_bytes()], [&id, &content]);
        self.hold(&self.0.scripts.complete, &names, &args).await
    }

    async fn release(&self, key: &EventKey, token: Token) -> Result<Hold, StoreError> {
        self.let_go(&Names::of(&self.0.prefix, key), token, b"0").await
    }

    async fn forget(&self, key: &EventKey) -> Result<(), StoreError> {
        let mut names = Names::of(&self.0.prefix, key);
        names.keys.truncate(1);
        // Never twice: what runs since the first time would be forgotten with it.
        self.in_time(self.run(&self.0.scripts.forget, &names, &[])).await.map(drop)
    }
}

fn foreign() -> StoreError {
    StoreError::with_source(
        StoreErrorKind::Corrupt,
        "somebody else wrote this key: give the store another prefix",
    )
}

/// Redis counts milliseconds in 64 bits with a sign, and adds the time of day to them.
fn millis(duration: Duration) -> u64 {
    const MOST: u64 = 1 << 53;
    u64::try_from(duration.as_millis()).unwrap_or(MOST).min(MOST)
}

impl<C> Clone for RedisStore<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> fmt::Debug for RedisStore<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore")
            .field("prefix", &self.0.prefix)
            .field("timeout", &self.0.timeout)
            .finish_non_exhaustive()
    }
}
