//! The gate in front of a webhook handler. A request comes in from the internet; what comes out on
//! the other side is an event that is authentic, fresh, not seen before, and typed, or nothing at all.
//!
#![cfg_attr(
    feature = "axum",
    doc = r##"```
use axum::{Router, http::StatusCode, routing::post};
use hookgate::{Receiver, WebhookLayer, axum::{Delivery, Event}, providers::GitHub};
use serde::Deserialize;

#[derive(Deserialize)]
enum GitHubEvent {
    #[serde(rename = "push")]
    Push { r#ref: String },
    #[serde(other)]
    Other, // new event types never break you
}

async fn on_github(Event(event): Event<GitHubEvent>, delivery: Delivery) -> StatusCode {
    if let GitHubEvent::Push { r#ref } = event {
        println!("{ref}, attempt {:?} of {:?}", delivery.attempt(), delivery.id());
    }
    StatusCode::NO_CONTENT
}

let github = Receiver::<GitHub>::builder().secret("It's a Secret to Everybody").build()?;
let app: Router = Router::new().route("/webhooks/github", post(on_github).layer(WebhookLayer::new(github)));
# Ok::<(), hookgate::ConfigError>(())
```
"##
)]
//! # The types that matter
//!
//! - `Receiver` (features `tower`, `axum`, `actix`): verifier, store and your decisions, built once for each
//!   endpoint. A layer carries it; `WebhookLayer` is Tower's, `actix::Webhook` actix-web's.
//! - [`Delivery`]: the proof. Only verification makes one. It says what the signature covers, and holds
//!   the exact bytes.
//! - [`Event`]: the event as your type, the variant chosen by the event type wherever the provider
//!   puts it.
//! - [`Store`]: what was seen and who is handling it. `MemoryStore` is embedded, `RedisStore`
//!   (feature `redis`) is for several processes; yours needs five methods and passes a suite.
//! - [`Verifier`] and [`Scheme`](scheme::Scheme): verification alone, without I/O, and the words in
//!   which every provider is described.
//!
//! The [guide] has chapters on guarantees, security, stores, ordering with other layers, defaults,
//! testing, migrating and observing.
//!
//! # What it guarantees
//!
//! At most one handler at a time per event, and no handler again after one succeeded within the
//! retention time, as long as the store keeps its data and the handler ends or renews within its lease.
//! An event whose handler failed or died is handled again when the provider retries.
//!
//! That is at-least-once with the duplicates taken out. It is not exactly-once: a handler that dies
//! after its side effect but before settling runs again. Handlers get the event id and the attempt
//! number to make their own effects idempotent.
//!
//! # How the defaults were chosen
//!
//! The most important ones; the [chapter](guide::defaults) has all of them.
//!
//! | default | because |
//! |---|---|
//! | tolerance as the provider documents it, five minutes mostly, in both directions | clocks differ in both directions; most libraries only look at the past |
//! | done events remembered for seven days | longer than most providers retry; never less than a provider's retry horizon and twice the tolerance |
//! | lease of a minute, renewed at a third | how long an event waits after a crash, not how long a handler may take |
//! | a running duplicate gets 503 | acknowledged, the event would be lost if the first run fails |
//! | a done duplicate gets 200 | refused, the provider would retry and then disable the endpoint |
//! | body of 1 MiB, ten seconds to read it, 64 MiB held for strangers | more than events need, less than hurts |
//! | handlers on a task of their own | a sender's time-out must not leave half an effect behind |
//! | 16 bytes of secret at least | a shorter one can be searched for, given one delivery |
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | `memory` (default) | the embedded store |
//! | `tracing` (default) | log lines and a span per delivery |
//! | `axum` | extractors, and `tower` |
//! | `actix` | middleware and extractors for actix-web |
//! | `tower` | `WebhookLayer` |
//! | `redis` | the store on Redis or Valkey, for several processes |
//! | `tenants` | secrets looked up per tenant |
//! | `keys` | public keys looked up by name, cached, within a budget |
//! | `fetch` | JSON web key sets and certificates over HTTP |
//! | `ed25519`, `ecdsa`, `rsa`, `keccak` | providers that sign with them |
//! | `cli` | the program `hookgate` |
//! | `metrics` | counters and histograms |
//! | `sha1`, `md5` | what older providers sign with |
//! | `testing` | signer, clock, store contract suite, failing store |
//!
//! Without features the core remains: no runtime, no framework, no I/O.

#![forbid(unsafe_code)]
#![warn(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]
#![cfg_attr(docsrs, feature(doc_cfg))]
// Features that bring the receiver's parts without a door: nothing goes through it.
#![cfg_attr(
    all(feature = "receiver", not(any(feature = "tower", feature = "actix"))),
    allow(dead_code, unused_imports)
)]

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod clock;
mod crypto;
mod delivery;
mod error;
mod event;
// The chapters need what they show, so they are tested where all of it is there.
#[cfg(all(
    doc,
    any(
        not(doctest),
        all(
            feature = "actix",
            feature = "axum",
            feature = "redis",
            feature = "tenants",
            feature = "testing"
        )
    )
))]
pub mod guide;
#[cfg(feature = "receiver")]
mod handshake;
mod headers;
pub mod providers;
#[cfg(feature = "receiver")]
pub mod receiver;
pub mod scheme;
mod secret;
pub mod store;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tower")]
pub mod tower;
pub mod verify;

#[cfg(feature = "fetch")]
pub use self::receiver::HttpKeys;
#[cfg(feature = "tenants")]
pub use self::receiver::Tenants;
#[cfg(feature = "receiver")]
pub use self::receiver::{Answer, Cancellation, Custom, Permanent, Receiver, ReceiverBuilder};
#[cfg(feature = "tower")]
pub use self::tower::WebhookLayer;
pub use self::{
    clock::{Clock, SystemClock, UnixTime},
    delivery::{Assurance, Bound, Delivery, EventId, EventType, Guard},
    error::{ConfigError, Reason, StoreError, StoreErrorKind, VerifyError},
    event::{Event, EventError},
    headers::{Field, Head, Headers},
    providers::Provider,
    secret::Secret,
    store::{DynStore, Store},
    verify::{Verification, Verifier, VerifierBuilder},
};
#[cfg(feature = "keys")]
pub use self::{
    receiver::{FetchedKeys, KeySource},
    verify::KeyId,
};

/// KEY-17 of the catalogue of attacks: a verdict cannot be dropped unseen, and nobody makes a delivery but a
/// verifier. What compiles, and what does not for one difference:
///
/// ```
/// #![deny(unused_must_use)]
/// use hookgate::{Delivery, Head, UnixTime, Verifier, VerifyError};
///
/// fn on_webhook(verifier: &Verifier, head: Head<'_>) -> Result<Delivery, VerifyError> {
///     verifier.verify(head, "{}", UnixTime::from_secs(0))
/// }
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use hookgate::{Delivery, Head, UnixTime, Verifier, VerifyError};
///
/// fn on_webhook(verifier: &Verifier, head: Head<'_>) {
///     verifier.verify(head, "{}", UnixTime::from_secs(0));
/// }
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use hookgate::{Delivery, Head, UnixTime, Verifier, VerifyError};
///
/// fn on_webhook(verifier: &Verifier, head: Head<'_>) -> Result<(), VerifyError> {
///     verifier.begin(head, UnixTime::from_secs(0))?;
///     Ok(())
/// }
/// ```
///
/// ```
/// use hookgate::Delivery;
///
/// fn handled(delivery: Delivery) -> Delivery {
///     Delivery::clone(&delivery)
/// }
/// ```
///
/// ```compile_fail,E0451
/// use hookgate::Delivery;
///
/// fn handled(delivery: Delivery) -> Delivery {
///     Delivery { ..delivery }
/// }
/// ```
///
/// ```compile_fail,E0277
/// use hookgate::Delivery;
///
/// fn handled(json: &str) -> Delivery {
///     serde_json::from_str(json).unwrap()
/// }
/// ```
///
/// ```compile_fail,E0599
/// use hookgate::Delivery;
///
/// fn handled() -> Delivery {
///     Delivery::default()
/// }
/// ```
#[cfg(doctest)]
struct Proof;

/// The README's examples, compiled.
#[cfg(all(doctest, feature = "axum"))]
#[doc = include_str!("../README.md")]
struct Readme;
