//! `hookgate listen`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::StatusCode,
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use clap::Args;
use http_body_util::BodyExt;
use serde_json::json;
use tokio::net::TcpListener;

use super::{
    hints,
    line::{Judged, Line},
    options::{Failure, Secrets, provider},
};
use crate::{
    Custom, DynStore, Receiver, WebhookLayer,
    clock::{Clock as _, SystemClock, UnixTime},
    delivery::Delivery,
    error::Reason,
    receiver::{Answer, Disposition},
    scheme::Scheme,
    store::{MemoryStore, RedisStore},
};

/// More than any provider sends.
const BODY_LIMIT: usize = 1024 * 1024;

#[derive(Args, Debug)]
pub(super) struct Listen {
    /// Whose deliveries are received, at `/webhooks/PROVIDER`. Several may be given.
    #[arg(long, required = true)]
    provider: Vec<String>,
    #[command(flatten)]
    secrets: Secrets,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:3000")]
    address: SocketAddr,
    /// A Redis that remembers what was seen, for several processes; else this process does.
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Passes each new event on to this URL, and settles by the answer.
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
}

/// What every request is told and shown by.
struct Shared {
    client: reqwest::Client,
    forward: Option<reqwest::Url>,
    json: bool,
}

/// What one provider's requests are shown by.
#[derive(Clone)]
struct Route {
    shared: Arc<Shared>,
    scheme: Scheme,
    keys: Vec<String>,
    config: Vec<(&'static str, String)>,
    origin: String,
}

/// Receives until Ctrl-C or SIGTERM.
pub(super) async fn run(listen: Listen) -> Result<bool, Failure> {
    let store = store(listen.redis.as_deref()).await?;
    let forward = listen.forward.as_deref().map(str::parse::<reqwest::Url>).transpose();
    let shared = Arc::new(Shared {
        client: reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?,
        forward: forward.map_err(|error| format!("--forward: {error}"))?,
        json: listen.json,
    });
    let listener = TcpListener::bind(listen.address).await.map_err(|error| {
        format!("{}: {error}. Is something running there? --address chooses another", listen.address)
    })?;
    let base = format!("http://{}", listener.local_addr()?);
    let origin = listen.secrets.public_url.clone().unwrap_or_else(|| base.clone());
    let (mut app, mut receivers) = (Router::new(), Vec::new());
    for name in &listen.provider {
        let scheme = provider(name)?;
        let secret = listen.secrets.of(name)?;
        let config = listen.secrets.config()?;
        let mut builder = Receiver::builder_for(scheme)
            .secret(secret.clone())
            .store(store.clone())
            .public_url(origin.clone());
        for (name, value) in &config {
            builder = builder.config(name, value.as_str());
        }
        let receiver = builder.build().map_err(|error| format!("{name}: {error}"))?;
        let keys = vec![secret.expose().to_owned()];
        let route = Route { shared: Arc::clone(&shared), scheme, keys, config, origin: origin.clone() };
        let handler = any(handle).with_state(route.clone()).layer(WebhookLayer::new(receiver.clone()));
        app = app.route(&format!("/webhooks/{name}"), handler.layer(from_fn_with_state(route, show)));
        receivers.push(receiver);
        eprintln!("listening on {base}/webhooks/{name}");
    }
    let served = axum::serve(listener, app).with_graceful_shutdown(super::asked_to_end());
    served.await?;
    for receiver in receivers {
        let left = Receiver::<Custom>::shutdown(&receiver, Duration::from_secs(10)).await;
        if left > 0 {
            eprintln!("{left} events were still being handled, and may be handled again");
        }
    }
    Ok(true)
}

async fn store(redis: Option<&str>) -> Result<DynStore, Failure> {
    let Some(url) = redis else { return Ok(DynStore::new(MemoryStore::builder().build()?)) };
    let said =
        |error: redis::RedisError| format!("no Redis at {url}: {error}. Start one, or leave --redis out");
    let client = redis::Client::open(url).map_err(said)?;
    let patience = redis::aio::ConnectionManagerConfig::new().set_number_of_retries(1);
    let connection = client.get_connection_manager_with_config(patience).await.map_err(said)?;
    Ok(DynStore::new(RedisStore::new(connection)))
}

/// The handler behind the gate: passes the event on, where that is wanted.
async fn handle(State(route): State<Route>, delivery: crate::axum::Delivery, request: Request) -> Response {
    let answer = match &route.shared.forward {
        None => StatusCode::OK.into_response(),
        Some(url) => {
            let mut forward = route.shared.client.post(url.clone()).body(delivery.body().clone());
            if let Some(kind) = request.headers().get("content-type") {
                forward = forward.header("content-type", kind);
            }
            let told = [
                ("x-hookgate-provider", Some(delivery.provider().to_owned())),
                ("x-hookgate-id", delivery.id().map(ToString::to_string)),
                ("x-hookgate-type", delivery.event_type().map(ToString::to_string)),
                ("x-hookgate-attempt", delivery.attempt().map(|attempt| attempt.to_string())),
            ];
            for (name, value) in told {
                if let Some(value) = value {
                    forward = forward.header(name, value);
                }
            }
            match forward.send().await {
                Ok(answer) => answer.status().into_response(),
                Err(error) => {
                    eprintln!("{url}: {error}");
                    StatusCode::BAD_GATEWAY.into_response()
                }
            }
        }
    };
    // For the line that is printed.
    let (mut parts, body) = answer.into_parts();
    parts.extensions.insert(delivery);
    Response::from_parts(parts, body)
}

/// Around the gate: prints what became of each request.
async fn show(State(route): State<Route>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = http_body_util::Limited::new(body, BODY_LIMIT).collect().await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let body = body.to_bytes();
    let line = route.line(&parts, &body);
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if let Some(answer) = response.extensions().get::<Answer>() {
        let handled = response.extensions().get::<Delivery>().cloned();
        // What did not come to the handler is read once more, to say which event it is of.
        let delivery = handled.or_else(|| match line.judge() {
            Judged::Accepted(delivery) => Some(*delivery),
            _ => None,
        });
        route.print(answer, delivery.as_ref(), line);
    }
    response
}

impl Route {
    /// The request, to find out why it was refused.
    fn line(&self, parts: &axum::http::request::Parts, body: &Bytes) -> Line {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Line {
            scheme: self.scheme,
            keys: self.keys.clone(),
            method: parts.method.to_string(),
            url: format!("{}{target}", self.origin),
            headers: parts.headers.iter().map(header).collect(),
            body: body.clone(),
            now: SystemClock::default().now().unwrap_or(UnixTime::from_secs(0)),
            config: self.config.clone(),
            any_time: false,
        }
    }

    fn print(&self, answer: &Answer, delivery: Option<&Delivery>, line: Line) {
        let now = SystemClock::default().now().map_or(0, |now| now.as_secs());
        let hints = match answer.disposition() {
            Disposition::Rejected => {
                Reason::named(answer.why()).map(|why| hints::of(&line, why)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let id = delivery.and_then(|delivery| delivery.id()).map(|id| id.as_str());
        let kind = delivery.and_then(|delivery| delivery.event_type()).map(|kind| kind.as_str());
        let attempt = delivery.and_then(Delivery::attempt);
        if self.shared.json {
            let shown = json!({
                "time": now,
                "provider": self.scheme.name(),
                "type": kind,
                "id": id,
                "attempt": attempt,
                "outcome": answer.disposition().as_str(),
                "reason": answer.why(),
                "status": answer.status(),
                "hints": hints,
            });
            println!("{shown}");
            return;
        }
        let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
        let attempt = attempt.map_or_else(String::new, |attempt| format!(" attempt {attempt}"));
        let why = if answer.why().is_empty() { String::new() } else { format!(" ({})", answer.why()) };
        println!(
            "{hour:02}:{minute:02}:{second:02} {} {} {}{attempt} {}{why} {}",
            self.scheme.name(),
            kind.unwrap_or("-"),
            id.unwrap_or("-"),
            answer.disposition(),
            answer.status(),
        );
        for hint in hints {
            println!("         hint: {hint}");
        }
    }
}
