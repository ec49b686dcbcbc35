//! Secrets that are looked up, one set per tenant.

use std::{error::Error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio::time::{Instant, timeout_at};

use super::ttl::{Ring, Rings, Ttl};
use crate::{
    error::{ConfigError, Reason, check_duration},
    headers::Head,
    scheme::Scheme,
    secret::Secret,
    telemetry::log,
    verify::KeyRing,
};

/// Names of tenants longer than this are unknown.
const LONGEST_NAME: usize = 200;

type BoxError = Box<dyn Error + Send + Sync>;
type Looked = Result<Option<Vec<Secret>>, BoxError>;
type Lookup = dyn Fn(Arc<str>) -> Pin<Box<dyn Future<Output = Looked> + Send>> + Send + Sync;
type NameOf = dyn for<'a> Fn(&Head<'a>) -> Option<String> + Send + Sync;

/// Where the secrets of many tenants come from: which tenant a request is for, and that tenant's
/// secrets.
///
/// The name comes from the path or a header, which no signature covers: it only chooses whose secrets to try, and
/// events of different names never meet. Give each tenant a secret of its own, and one name: under another name with
/// the same secret, or another spelling of it, a captured delivery is a new event. Prepared keys are cached; many requests for one tenant cost one lookup. A tenant
/// that is not known is remembered as such for a shorter time, answered exactly like a bad
/// signature, and costs the same work as one with a single secret: a second one, during rotation, is a
/// second MAC, and tells that the tenant is known.
///
/// ```
/// use hookgate::{Receiver, Secret, Tenants, providers::Shopify};
///
/// let tenants = Tenants::new(
///     |head| head.path().strip_prefix("/webhooks/").map(str::to_ascii_lowercase),
///     |shop| async move {
///         // Your database goes here: each shop has an app and a secret of its own.
///         Ok::<_, std::io::Error>((&*shop == "shoes").then(|| vec![Secret::from("shpss_0123456789abcdef")]))
///     },
/// );
/// let receiver = Receiver::<Shopify>::builder().tenants(tenants).build()?;
/// # Ok::<(), hookgate::ConfigError>(())
/// ```
pub struct Tenants {
    name_of: Box<NameOf>,
    lookup: Box<Lookup>,
    capacity: u64,
    ttl: Duration,
    unknown_ttl: Duration,
    deadline: Duration,
    ready: Option<Ready>,
}

struct Ready {
    rings: Rings<Arc<str>>,
    /// Keys that match nothing, for those that are not known.
    dummy: Ring,
}

impl Tenants {
    /// Tenants by these two functions. `name_of` reads the tenant's name off the head of a request;
    /// `secrets_of` looks up its secrets, newest first: `None` or none where there is no such tenant.
    pub fn new<N, L, F, E>(name_of: N, secrets_of: L) -> Self
    where
        N: for<'a> Fn(&Head<'a>) -> Option<String> + Send + Sync + 'static,
        L: Fn(Arc<str>) -> F + Send + Sync + 'static,
        F: Future<Output = Result<Option<Vec<Secret>>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let lookup = move |name: Arc<str>| {
            let looked = secrets_of(name);
            Box::pin(async move { looked.await.map_err(Into::into) })
                as Pin<Box<dyn Future<Output = Looked> + Send>>
        };
        Self {
            name_of: Box::new(name_of),
            lookup: Box::new(lookup),
            capacity: 10_000,
            ttl: Duration::from_secs(300),
            unknown_ttl: Duration::from_secs(10),
            deadline: Duration::from_secs(5),
            ready: None,
        }
    }

    /// How many tenants' keys are kept. Default 10,000.
    #[must_use]
    pub fn capacity(mut self, tenants: u64) -> Self {
        self.capacity = tenants;
        self
    }

    /// For how long keys are kept, and so how long a withdrawn secret still works, and how long a new one of a
    /// known tenant does not yet: let the lookup give both, and switch over at the provider this much later.
    /// Default five minutes.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// For how long a tenant that is not known is remembered as such, and so how long a new one has
    /// to wait. Default ten seconds.
    #[must_use]
    pub fn unknown_ttl(mut self, ttl: Duration) -> Self {
        self.unknown_ttl = ttl;
        self
    }

    /// How long one lookup may take, before all who wait for it are answered 503. Default five seconds.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub(super) fn prepare(mut self, scheme: &Scheme) -> Result<Self, ConfigError> {
        check_duration("tenants' ttl", self.ttl)?;
        check_duration("tenants' unknown_ttl", self.unknown_ttl)?;
        check_duration("tenants' deadline", self.deadline)?;
        if self.capacity == 0 {
            return Err(ConfigError::Zero { setting: "tenants' capacity" });
        }
        let rings = Ttl { known: self.ttl, unknown: self.unknown_ttl }.rings(self.capacity);
        let dummy = Ring { keys: Arc::new(KeyRing::dummy(scheme)?), is_known: false };
        self.ready = Some(Ready { rings, dummy });
        Ok(self)
    }

    fn ready(&self) -> &Ready {
        self.ready.as_ref().unwrap_or_else(|| unreachable!("a receiver prepares its tenants"))
    }

    /// The keys of no tenant.
    pub(super) fn dummy(&self) -> &Ring {
        &self.ready().dummy
    }

    pub(super) fn name_of(&self, head: &Head<'_>) -> Option<Arc<str>> {
        (self.name_of)(head).filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME).map(Into::into)
    }

    /// The prepared keys of a tenant.
    pub(super) async fn ring(&self, scheme: &Scheme, name: &Arc<str>) -> Result<Ring, Reason> {
        let until = Instant::now() + self.deadline;
        let prepare = async {
            let Ok(looked) = timeout_at(until, (self.lookup)(Arc::clone(name))).await else {
                log!(error, tenant = &**name, "looking up the tenant's secrets took too long");
                return Err(Reason::KeyLookupFailed);
            };
            let secrets = looked.map_err(|error| {
                log!(error, tenant = &**name, %error, "looking up the tenant's secrets failed");
                let _ = error;
                Reason::KeyLookupFailed
            })?;
            let Some(secrets) = secrets.filter(|secrets| !secrets.is_empty()) else {
                return Ok(self.dummy().clone());
            };
            let ring = KeyRing::new(scheme, &secrets).map_err(|error| {
                log!(error, tenant = &**name, %error, "the tenant's secrets cannot be used");
                let _ = error;
                Reason::NoUsableKey
            })?;
            Ok(Ring { keys: Arc::new(ring), is_known: true })
        };
        // Whoever asked first looks it up for all: while its thread is blocked, the others' own time ends.
        let prepared = self.ready().rings.try_get_with(Arc::clone(name), prepare);
        match timeout_at(until, prepared).await {
            Ok(ring) => ring.map_err(|reason| *reason),
            Err(_) => Err(Reason::KeyLookupFailed),
        }
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants")
            .field("capacity", &self.capacity)
            .field("ttl", &self.ttl)
            .finish_non_exhaustive()
    }
}
