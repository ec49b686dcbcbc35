//! What the examples that serve real deliveries share: secrets, receivers, and `curl` lines to paste.

use std::{env, error::Error, process::ExitCode, time::Duration};

use hookgate::{
    Clock, ConfigError, Delivery, DynStore, Provider, Receiver, SystemClock,
    providers::{GitHub, StandardWebhooks, Stripe},
    store::MemoryStore,
    testing::{SignedRequest, Signer},
};
use serde::Deserialize;

const GITHUB_DEMO: &str = "It's a Secret to Everybody";
const STRIPE_DEMO: &str = "whsec_demo_0123456789abcdef0123456789abcdef";
const STANDARD_DEMO: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What this receiver wants from Stripe. The variant is chosen by the event's type.
#[derive(Deserialize)]
pub enum StripeEvent {
    #[serde(rename = "invoice.paid")]
    InvoicePaid { id: String },
    /// New event types never break you.
    #[serde(other)]
    Other,
}

/// How the demo route's handler is to behave.
#[derive(Deserialize)]
pub struct Demo {
    #[serde(default)]
    pub work_ms: u64,
    #[serde(default)]
    pub fail: u8,
}

/// Runs an example: its log lines go to standard error, and so does why it failed.
pub async fn main(run: impl Future<Output = Result<(), Box<dyn Error>>>) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(env::var("RUST_LOG").unwrap_or_else(|_| "hookgate=debug".to_owned()))
        .with_writer(std::io::stderr)
        .init();
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

pub fn handled(delivery: &Delivery) {
    let kind = delivery.event_type().map_or("-", |kind| kind.as_str());
    let id = delivery.id().map_or("-", |id| id.as_str());
    println!("handled {} {kind} {id}", delivery.provider());
}

/// Completes at Ctrl-C, or when the process is told to end (`kill`, Docker, Kubernetes and systemd send SIGTERM).
pub async fn asked_to_end() {
    #[cfg(unix)]
    if let Ok(mut told) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = told.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Why there is no listening on a port.
pub fn taken(port: u16, error: &std::io::Error) -> String {
    format!("port {port}: {error}. Is something running there? Set PORT to another")
}

/// `PORT`, or 3000.
pub fn port() -> Result<u16, String> {
    match env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| format!("PORT: {port:?} is no port number")),
        Err(_) => Ok(3000),
    }
}

/// The receivers of all routes.
#[derive(Clone)]
pub struct Receivers {
    pub github: Receiver<GitHub>,
    pub stripe: Receiver<Stripe>,
    pub standard: Receiver<StandardWebhooks>,
    pub demo: Receiver<GitHub>,
}

impl Receivers {
    /// Lets the handlers that run end, before the process does.
    pub async fn shutdown(self) {
        let grace = Duration::from_secs(10);
        let Self { github, stripe, standard, demo } = self;
        tokio::join!(
            github.shutdown(grace),
            stripe.shutdown(grace),
            standard.shutdown(grace),
            demo.shutdown(grace)
        );
    }
}

/// The secrets: demo values, unless the environment has others.
pub struct Secrets {
    github: String,
    stripe: String,
    standard: String,
}

impl Secrets {
    pub fn from_env() -> Result<Self, Box<dyn Error>> {
        let secret = |variable: &str, demo: &str| match env::var(variable) {
            Ok(secret) => Ok(secret),
            Err(env::VarError::NotPresent) => {
                eprintln!(
                    "{variable} is not set: a published demo secret stands in, with which anybody can sign"
                );
                Ok(demo.to_owned())
            }
            Err(error) => Err(format!("{variable}: {error}")),
        };
        Ok(Self {
            github: secret("GITHUB_SECRET", GITHUB_DEMO)?,
            stripe: secret("STRIPE_SECRET", STRIPE_DEMO)?,
            standard: secret("STANDARD_SECRET", STANDARD_DEMO)?,
        })
    }

    /// Receivers that share one store.
    pub fn receivers(&self, store: Option<DynStore>) -> Result<Receivers, Box<dyn Error>> {
        let store = match store {
            Some(store) => store,
            None => DynStore::new(MemoryStore::builder().build()?),
        };
        fn of<P: Provider>(secret: &str, name: &str, store: &DynStore) -> Result<Receiver<P>, ConfigError> {
            Receiver::<P>::builder().secret(secret).name(name).store(store.clone()).build()
        }
        Ok(Receivers {
            github: of(&self.github, "github", &store).map_err(|error| format!("GITHUB_SECRET: {error}"))?,
            stripe: of(&self.stripe, "stripe", &store).map_err(|error| format!("STRIPE_SECRET: {error}"))?,
            standard: of(&self.standard, "standard", &store)
                .map_err(|error| format!("STANDARD_SECRET: {error}"))?,
            demo: of(&self.github, "demo", &store).map_err(|error| format!("GITHUB_SECRET: {error}"))?,
        })
    }

    /// Prints lines to paste into a shell. Those of Stripe and Standard Webhooks are good for five
    /// minutes.
    pub fn print_curls(&self, base: &str) -> Result<(), Box<dyn Error>> {
        let now = SystemClock::default().now().ok_or("the system clock is before 1970")?;
        let hello = Signer::new::<GitHub>(self.github.as_str())
            .event_type("ping")
            .id("72d3162e-cc78-11e3-81ab-4c9367dc0958")
            .sign("Hello, World!")?;
        let paid = Signer::new::<Stripe>(self.stripe.as_str())
            .at(now)
            .sign(r#"{"id":"evt_1","type":"invoice.paid"}"#)?;
        let message = Signer::new::<StandardWebhooks>(self.standard.as_str())
            .at(now)
            .id("msg_1")
            .sign(r#"{"type":"user.created"}"#)?;
        let failing = Signer::new::<GitHub>(self.github.as_str()).sign("Hello, failure!")?;

        let github = format!("{base}/webhooks/github");
        print_curl("a delivery of GitHub's (200, handled)", &github, &hello, None);
        print_curl("the same again (200, not handled)", &github, &hello, None);
        print_curl("one byte flipped (401)", &github, &hello, Some("Hello, World?"));
        print_curl("Stripe (200, handled)", &format!("{base}/webhooks/stripe"), &paid, None);
        print_curl("Standard Webhooks (200, handled)", &format!("{base}/webhooks/standard"), &message, None);
        println!(
            "# try the same event twice while its handler takes 5 seconds (503, then 200), or let it fail (500)"
        );
        print_curl("slow", &format!("{base}/webhooks/demo?work_ms=5000"), &hello, None);
        print_curl("failing", &format!("{base}/webhooks/demo?fail=1"), &failing, None);
        Ok(())
    }
}

/// A `curl` line with the signed body, or with another one.
fn print_curl(what: &str, url: &str, signed: &SignedRequest, body: Option<&str>) {
    let headers: String =
        signed.headers().iter().map(|(name, value)| format!(" -H '{name}: {value}'")).collect();
    let body = body.map_or_else(|| String::from_utf8_lossy(signed.body()), Into::into);
    println!("# {what}\ncurl -s -w '%{{http_code}}\\n'{headers} -d '{body}' '{url}'\n");
}
