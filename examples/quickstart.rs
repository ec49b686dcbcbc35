//! Three providers behind the gate, on the embedded store, and a route to try things by hand.
//!
//! Run it: `cargo run --example quickstart --features axum,testing`. It prints `curl` lines to paste.
//!
//! | variable | default |
//! |---|---|
//! | `PORT` | 3000 |
//! | `GITHUB_SECRET` | GitHub's documented `It's a Secret to Everybody` |
//! | `STRIPE_SECRET`, `STANDARD_SECRET` | demo values; set your own |

use std::{env, error::Error, process::ExitCode, time::Duration};

use axum::{Router, extract::Query, http::StatusCode, routing::post};
use hookgate::{
    Clock, Provider, Receiver, SystemClock, WebhookLayer,
    axum::{Delivery, Event},
    providers::{GitHub, StandardWebhooks, Stripe},
    testing::{SignedRequest, Signer},
};
use serde::Deserialize;
use tokio::{net::TcpListener, signal};

const GITHUB_DEMO: &str = "It's a Secret to Everybody";
const STRIPE_DEMO: &str = "whsec_demo_0123456789abcdef0123456789abcdef";
const STANDARD_DEMO: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What this receiver wants from Stripe. The variant is chosen by the event's type.
#[derive(Deserialize)]
enum StripeEvent {
    #[serde(rename = "invoice.paid")]
    InvoicePaid { id: String },
    /// New event types never break you.
    #[serde(other)]
    Other,
}

async fn on_stripe(Event(event): Event<StripeEvent>, delivery: Delivery) {
    if let StripeEvent::InvoicePaid { id } = event {
        println!("an invoice was paid: {id}");
    }
    handled(&delivery);
}

async fn on_any(delivery: Delivery) {
    handled(&delivery);
}

#[derive(Deserialize)]
struct Demo {
    #[serde(default)]
    work_ms: u64,
    #[serde(default)]
    fail: u8,
}

/// Takes as long as it is told to, and fails if it is told to.
async fn on_demo(Query(demo): Query<Demo>, delivery: Delivery) -> StatusCode {
    tokio::time::sleep(Duration::from_millis(demo.work_ms)).await;
    if demo.fail == 1 {
        println!("failed {} (attempt {})", delivery.provider(), delivery.attempt().unwrap_or(0));
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    handled(&delivery);
    StatusCode::OK
}

fn handled(delivery: &Delivery) {
    let kind = delivery.event_type().map_or("-", |kind| kind.as_str());
    let id = delivery.id().map_or("-", |id| id.as_str());
    println!("handled {} {kind} {id}", delivery.provider());
}

fn receiver<P: Provider>(variable: &str, secret: &str, name: &str) -> Result<Receiver<P>, String> {
    let built = Receiver::<P>::builder().secret(secret).name(name).build();
    built.map_err(|error| format!("{variable}: {error}"))
}

async fn run() -> Result<(), Box<dyn Error>> {
    let port: u16 = match env::var("PORT") {
        Ok(port) => port.parse().map_err(|_| format!("PORT: {port:?} is no port number"))?,
        Err(_) => 3000,
    };
    let secret = |variable, demo: &str| env::var(variable).unwrap_or_else(|_| demo.to_owned());
    let github_secret = secret("GITHUB_SECRET", GITHUB_DEMO);
    let stripe_secret = secret("STRIPE_SECRET", STRIPE_DEMO);
    let standard_secret = secret("STANDARD_SECRET", STANDARD_DEMO);

    let github = receiver::<GitHub>("GITHUB_SECRET", &github_secret, "github")?;
    let stripe = receiver::<Stripe>("STRIPE_SECRET", &stripe_secret, "stripe")?;
    let standard = receiver::<StandardWebhooks>("STANDARD_SECRET", &standard_secret, "standard")?;
    let demo = receiver::<GitHub>("GITHUB_SECRET", &github_secret, "demo")?;

    let app = Router::new()
        .route("/webhooks/github", post(on_any).layer(WebhookLayer::new(github.clone())))
        .route("/webhooks/stripe", post(on_stripe).layer(WebhookLayer::new(stripe.clone())))
        .route("/webhooks/standard", post(on_any).layer(WebhookLayer::new(standard.clone())))
        .route("/webhooks/demo", post(on_demo).layer(WebhookLayer::new(demo.clone())));

    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|error| format!("port {port}: {error}. Is something running there? Set PORT to another"))?;
    let base = format!("http://{}", listener.local_addr()?);
    println!("listening on {base}\n");
    print_curls(&base, &github_secret, &stripe_secret, &standard_secret)?;

    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            let _ = signal::ctrl_c().await;
        })
        .await?;
    // Handlers run on their own tasks: let them end before the process does.
    let grace = Duration::from_secs(10);
    tokio::join!(
        github.shutdown(grace),
        stripe.shutdown(grace),
        standard.shutdown(grace),
        demo.shutdown(grace)
    );
    Ok(())
}

/// Lines to paste into a shell. Those of Stripe and Standard Webhooks are good for five minutes.
fn print_curls(base: &str, github: &str, stripe: &str, standard: &str) -> Result<(), Box<dyn Error>> {
    let now = SystemClock::default().now().ok_or("the system clock is before 1970")?;
    let hello = Signer::new::<GitHub>(github).event_type("ping").id("72d3162e-cc78-11e3-81ab-4c9367dc0958");
    let hello = hello.sign("Hello, World!")?;
    let paid = Signer::new::<Stripe>(stripe).at(now).sign(r#"{"id":"evt_1","type":"invoice.paid"}"#)?;
    let message =
        Signer::new::<StandardWebhooks>(standard).at(now).id("msg_1").sign(r#"{"type":"user.created"}"#)?;

    let github = format!("{base}/webhooks/github");
    print_curl("a delivery of GitHub's (200, handled)", &github, &hello, "Hello, World!");
    print_curl("the same again (200, not handled)", &github, &hello, "Hello, World!");
    print_curl("one byte flipped (401)", &github, &hello, "Hello, World?");
    let paid_body = String::from_utf8_lossy(paid.body()).into_owned();
    print_curl("Stripe (200, handled)", &format!("{base}/webhooks/stripe"), &paid, &paid_body);
    let message_body = String::from_utf8_lossy(message.body()).into_owned();
    print_curl(
        "Standard Webhooks (200, handled)",
        &format!("{base}/webhooks/standard"),
        &message,
        &message_body,
    );
    println!(
        "# try the same event twice while its handler takes 5 seconds (503, then 200), or let it fail (500)"
    );
    print_curl("slow", &format!("{base}/webhooks/demo?work_ms=5000"), &hello, "Hello, World!");
    let other = "Hello, failure!";
    let failing =
        Signer::new::<GitHub>(env::var("GITHUB_SECRET").as_deref().unwrap_or(GITHUB_DEMO)).sign(other)?;
    print_curl("failing", &format!("{base}/webhooks/demo?fail=1"), &failing, other);
    Ok(())
}

fn print_curl(what: &str, url: &str, signed: &SignedRequest, body: &str) {
    let headers: String =
        signed.headers().iter().map(|(name, value)| format!(" -H '{name}: {value}'")).collect();
    println!("# {what}\ncurl -s -w '%{{http_code}}\\n'{headers} -d '{body}' '{url}'\n");
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(env::var("RUST_LOG").unwrap_or_else(|_| "hookgate=debug".to_owned()))
        .with_writer(std::io::stderr)
        .init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {error}");
            ExitCode::FAILURE
        }
    }
}
