//! The server under flood: what a user would write, and routes that say what was handled.

use std::{
    collections::HashMap,
    io::Write,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use hookgate::{
    Clock, Provider, Receiver, ReceiverBuilder, SystemClock, UnixTime, WebhookLayer,
    axum::Delivery,
    providers::{GitHub, Stripe},
    store::MemoryStore,
    testing::FaultyStore,
};

pub const SECRET: &str = "whsec_flood_0123456789abcdef0123456789ab";
/// Of the store that is filled up.
pub const CAPACITY: usize = 20_000;

/// The system's clock, so many seconds off.
#[derive(Clone, Default)]
struct OffClock(SystemClock, Arc<AtomicI64>);

impl Clock for OffClock {
    fn now(&self) -> Option<UnixTime> {
        let now = self.0.now()?.as_millis();
        Some(UnixTime::from_millis(now.saturating_add(self.1.load(SeqCst) * 1000)))
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// How often each honest event was handled.
type Handled = Arc<Mutex<HashMap<String, u64>>>;

/// By its id, an event is one that fails, one that takes long, an honest one, or part of a flood.
async fn handle(handled: Handled, delivery: Delivery) -> StatusCode {
    let id = delivery.id().map(|id| id.as_str().to_owned()).unwrap_or_default();
    match id.split('-').next() {
        Some("poison") => return StatusCode::INTERNAL_SERVER_ERROR,
        Some("slow") => tokio::time::sleep(Duration::from_secs(4)).await,
        Some("honest") => {
            tokio::time::sleep(Duration::from_millis(1)).await;
            *handled.lock().unwrap().entry(id).or_default() += 1;
        }
        _ => {}
    }
    StatusCode::NO_CONTENT
}

fn route<P: Provider + 'static>(
    handled: &Handled,
    builder: ReceiverBuilder<P>,
) -> axum::routing::MethodRouter {
    let handled = Arc::clone(handled);
    let receiver = builder.secret(SECRET).build().unwrap();
    post(move |delivery: Delivery| handle(Arc::clone(&handled), delivery)).layer(WebhookLayer::new(receiver))
}

/// Serves until the other end of the input is gone.
pub fn run() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.spawn(async {
        let (handled, clock) = (Handled::default(), OffClock::default());
        let store = |capacity| {
            FaultyStore::new(MemoryStore::builder().capacity(capacity).clock(clock.clone()).build().unwrap())
        };
        let (stripe, github) = (store(1_000_000), store(CAPACITY));
        let (of_stripe, of_github) = (stripe.clone(), github.clone());
        let (counted, off) = (Arc::clone(&handled), Arc::clone(&clock.1));
        let app = Router::new()
            .route(
                "/stripe",
                route(&handled, Receiver::<Stripe>::builder().clock(clock.clone()).store(stripe)),
            )
            .route(
                "/github",
                route(&handled, Receiver::<GitHub>::builder().clock(clock.clone()).store(github)),
            )
            .route(
                "/counted",
                get(async move || {
                    let counted = counted.lock().unwrap();
                    let twice = counted.values().filter(|runs| **runs > 1).count();
                    let calls = of_stripe.all_calls() + of_github.all_calls();
                    format!("handled={} twice={twice} calls={calls} ", counted.len())
                }),
            )
            .route("/clock/{seconds}", get(async move |Path(seconds): Path<i64>| off.store(seconds, SeqCst)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        std::io::stdout().flush().unwrap();
        axum::serve(listener, app).await.unwrap();
    });
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
}

/// A number out of what `/counted` says.
pub fn read(counted: &str, name: &str) -> u64 {
    let word = counted.split_whitespace().find_map(|word| word.strip_prefix(&format!("{name}=")));
    word.unwrap_or_else(|| panic!("no {name} in {counted:?}")).parse().unwrap()
}
