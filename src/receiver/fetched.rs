//! Public keys that are looked up by the name that a request gives, kept, and never looked up more often
//! than a budget allows.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::ttl::{Ring, Rings, Ttl};
use crate::{
    error::{ConfigError, Reason, check_duration},
    scheme::Scheme,
    secret::Secret,
    telemetry::log,
    verify::{KeyId, KeyRing},
};

type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// What a lookup found, once it ended.
type Found = watch::Receiver<Option<Result<Ring, Reason>>>;
type Looking<'a> = Pin<Box<dyn Future<Output = Result<Vec<Secret>, BoxError>> + Send + 'a>>;

/// Where a provider's public keys come from.
///
/// Strangers name the key: a source must not follow a name to wherever it points. [`KeyId::Url`]s are on
/// hosts that the scheme pins; do not follow redirects from them.
pub trait KeySource: Send + Sync + 'static {
    /// The keys of this name, as [`public_key`](super::ReceiverBuilder::public_key) takes them; none where
    /// there is no such key. Of those that can be used the first four are.
    ///
    /// # Errors
    ///
    /// The keys cannot be looked up now. The request is answered with 503, so that it comes again.
    fn keys(&self, id: &KeyId) -> impl Future<Output = Result<Vec<Secret>, BoxError>> + Send;
}

trait Erased: Send + Sync {
    fn look_up<'a>(&'a self, id: &'a KeyId) -> Looking<'a>;
}

impl<S: KeySource> Erased for S {
    fn look_up<'a>(&'a self, id: &'a KeyId) -> Looking<'a> {
        Box::pin(self.keys(id))
    }
}

/// Keys out of a [`KeySource`], kept for a while.
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use hookgate::{FetchedKeys, KeyId, KeySource, Receiver, Secret, providers::Plaid};
///
/// struct PlaidKeys;
///
/// impl KeySource for PlaidKeys {
///     async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
///         let KeyId::Named(kid) = id else { return Ok(vec![]) };
///         // Ask Plaid's API for the key of this name, with your credentials.
///         Ok(vec![ask_plaid(kid).await?.into()])
///     }
/// }
/// # async fn ask_plaid(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
///
/// let plaid = Receiver::<Plaid>::builder().fetched_keys(FetchedKeys::new(PlaidKeys)).build();
/// # assert!(plaid.is_ok());
/// # }
/// ```
pub struct FetchedKeys {
    source: Box<dyn Erased>,
    ttl: Duration,
    unknown_ttl: Duration,
    capacity: u64,
    lookups: u32,
    per: Duration,
    deadline: Duration,
    ready: Option<Ready>,
}

struct Ready {
    rings: Rings<KeyId>,
    lookups: Mutex<Lookups>,
}

/// The lookups that may be made: names that strangers make up use up none of those of names that have keys.
struct Lookups {
    /// Names whose keys signed a delivery, and were there when they were last looked up.
    known: HashSet<KeyId>,
    of_known: Budget,
    of_others: Budget,
    running: HashMap<KeyId, Found>,
}

impl Lookups {
    fn may(&mut self, id: &KeyId, most: u32, per: Duration) -> bool {
        let budget = if self.known.contains(id) { &mut self.of_known } else { &mut self.of_others };
        budget.take(f64::from(most), per)
    }

    /// Remembers a name whose key signed a delivery, for at most so many names.
    fn learn(&mut self, id: &KeyId, most: u64) {
        if self.known.contains(id) {
            return;
        }
        if self.known.len() as u64 >= most {
            self.known.clear();
        }
        self.known.insert(id.clone());
    }
}

/// Grows with time.
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn take(&mut self, most: f64, per: Duration) -> bool {
        let now = Instant::now();
        let grown = now.duration_since(self.at).as_secs_f64() / per.as_secs_f64() * most;
        self.at = now;
        self.left = (self.left + grown).min(most);
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}

impl FetchedKeys {
    /// Keys of this source.
    pub fn new(source: impl KeySource) -> Self {
        Self {
            source: Box::new(source),
            ttl: Duration::from_secs(3600),
            unknown_ttl: Duration::from_secs(60),
            capacity: 100,
            lookups: 10,
            per: Duration::from_secs(60),
            deadline: Duration::from_secs(5),
            ready: None,
        }
    }

    /// For how long a key is kept, and so how long a withdrawn one still works. Default one hour.
    ///
    /// Where requests do not name their key ([`KeyId::Only`]), what a new one signed may be answered 401 for as long,
    /// unless the source gave it beside the old one: take minutes there, as the [budget](Self::budget) allows.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// For how long a name is remembered that no key has. Default one minute.
    #[must_use]
    pub fn unknown_ttl(mut self, ttl: Duration) -> Self {
        self.unknown_ttl = ttl;
        self
    }

    /// How many names are kept. Default 100.
    #[must_use]
    pub fn capacity(mut self, names: u64) -> Self {
        self.capacity = names;
        self
    }

    /// How many lookups may be made in which time, whatever strangers name: so many of names whose keys signed a
    /// delivery, and so many of all others. Over it requests with names that are not kept are answered with 503.
    /// Default ten a minute.
    #[must_use]
    pub fn budget(mut self, lookups: u32, per: Duration) -> Self {
        (self.lookups, self.per) = (lookups, per);
        self
    }

    /// How long one lookup may take, before all who wait for it are answered 503. Default five seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub(super) fn prepare(mut self) -> Result<Self, ConfigError> {
        check_duration("keys' ttl", self.ttl)?;
        check_duration("keys' unknown_ttl", self.unknown_ttl)?;
        check_duration("keys' budget", self.per)?;
        check_duration("keys' deadline", self.deadline)?;
        if self.capacity == 0 || self.lookups == 0 {
            return Err(ConfigError::Zero { setting: "keys' capacity or budget" });
        }
        let full = || Budget { left: f64::from(self.lookups), at: Instant::now() };
        self.ready = Some(Ready {
            rings: Ttl { known: self.ttl, unknown: self.unknown_ttl }.rings(self.capacity),
            lookups: Mutex::new(Lookups {
                known: HashSet::new(),
                of_known: full(),
                of_others: full(),
                running: HashMap::new(),
            }),
        });
        Ok(self)
    }

    /// The prepared key of this name.
    pub(super) async fn ring(self: &Arc<Self>, scheme: &Scheme, id: KeyId) -> Result<Ring, Reason> {
        if let Some(ring) = self.ready().rings.get(&id).await {
            return Ok(ring);
        }
        let mut found = match self.find(scheme, id.clone()) {
            Ok(found) => found,
            // A lookup may have ended in between.
            Err(reason) => return self.ready().rings.get(&id).await.ok_or(reason),
        };
        // Nothing is told where the source panics, and not in time where the thread of whoever asked first is blocked.
        match timeout(self.deadline, found.wait_for(Option::is_some)).await {
            Ok(Ok(found)) => found.clone().unwrap_or(Err(Reason::KeyLookupFailed)),
            Ok(Err(_)) | Err(_) => Err(Reason::KeyLookupFailed),
        }
    }

    /// Looks a name up, once for all who ask meanwhile, and to the end even if they all hang up: the next one finds what
    /// was paid for out of the budget.
    fn find(self: &Arc<Self>, scheme: &Scheme, id: KeyId) -> Result<Found, Reason> {
        let mut lookups = self.ready().lookups();
        lookups.running.retain(|_, found| found.has_changed().is_ok());
        if let Some(found) = lookups.running.get(&id) {
            return Ok(found.clone());
        }
        if !lookups.may(&id, self.lookups, self.per) {
            log!(warn, provider = scheme.name, "too many lookups of public keys");
            return Err(Reason::KeyLookupFailed);
        }
        let (tell, found) = watch::channel(None);
        lookups.running.insert(id.clone(), found.clone());
        let (keys, scheme) = (Arc::clone(self), *scheme);
        tokio::spawn(async move {
            let ring = keys.look_up(&scheme, &id).await;
            if let Ok(ring) = &ring {
                if !ring.is_known {
                    keys.ready().lookups().known.remove(&id);
                }
                keys.ready().rings.insert(id, ring.clone()).await;
            }
            tell.send_replace(Some(ring));
        });
        Ok(found)
    }

    /// This key signed a delivery. What strangers name gets no further: they use up no lookups of its.
    pub(super) fn signed(&self, id: &KeyId) {
        self.ready().lookups().learn(id, self.capacity);
    }

    async fn look_up(&self, scheme: &Scheme, id: &KeyId) -> Result<Ring, Reason> {
        let keys = match timeout(self.deadline, self.source.look_up(id)).await {
            Ok(Ok(keys)) => keys,
            Ok(Err(error)) => {
                log!(error, provider = scheme.name, %error, "looking up a public key failed");
                let _ = error;
                return Err(Reason::KeyLookupFailed);
            }
            Err(_) => {
                log!(error, provider = scheme.name, "looking up a public key took too long");
                return Err(Reason::KeyLookupFailed);
            }
        };
        let usable = |key: &Secret| {
            let unusable = KeyRing::new(scheme, std::slice::from_ref(key)).err();
            if let Some(error) = &unusable {
                log!(error, provider = scheme.name, %error, "a public key cannot be used");
                let _ = error;
            }
            unusable.is_none()
        };
        let found = !keys.is_empty();
        let keys: Vec<Secret> = keys.into_iter().filter(usable).take(KeyRing::MOST).collect();
        match keys.is_empty() {
            // One that was found and cannot be used is our fault, and not remembered.
            true if found => Err(Reason::NoUsableKey),
            true => Ok(Ring { keys: Arc::new(KeyRing::none()), is_known: false }),
            false => KeyRing::new(scheme, &keys)
                .map(|keys| Ring { keys: Arc::new(keys), is_known: true })
                .map_err(|error| {
                    log!(error, provider = scheme.name, %error, "the public keys cannot be used");
                    let _ = error;
                    Reason::NoUsableKey
                }),
        }
    }

    fn ready(&self) -> &Ready {
        self.ready.as_ref().unwrap_or_else(|| unreachable!("a receiver prepares its keys"))
    }
}

impl Ready {
    fn lookups(&self) -> MutexGuard<'_, Lookups> {
        self.lookups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for FetchedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FetchedKeys").field("ttl", &self.ttl).finish_non_exhaustive()
    }
}
