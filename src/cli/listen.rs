//! `hookgate listen`.

use std::{future::IntoFuture, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::any,
};
use clap::Args;
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::timeout,
};

use super::{
    options::{Failure, Secrets, explained, http_url, or_variable, provider, shown, tell},
    show::{Printer, Route, room, show},
};
use crate::{
    Custom, DynStore, Receiver, WebhookLayer,
    receiver::BodyRoom,
    store::{MemoryStore, RedisStore},
};

/// How long handlers may take to end.
const GRACE: Duration = Duration::from_secs(10);
/// How long answers may take to be written then. Senders that dawdle are not waited for.
const ANSWERS: Duration = Duration::from_secs(3);

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
    /// A Redis that remembers what was seen, for several `listen`s, apart from what applications remember there;
    /// else this process does. Better, where there is a password in it: the environment variable HOOKGATE_REDIS.
    #[arg(long, value_name = "URL")]
    redis: Option<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Passes each new event on to this URL, with the method, query and body that it came with, and settles
    /// by the answer. Better, where there is a password in it: the environment variable HOOKGATE_FORWARD.
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
    /// How long an answer to what is passed on may take; then 502.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    forward_timeout: u64,
    /// The most bytes of a body. More is answered 413. GitHub sends up to 25 MB.
    #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024)]
    body_limit: usize,
}

/// Where new events are passed on to.
struct Forward {
    client: reqwest::Client,
    to: Option<reqwest::Url>,
}

/// Receives until Ctrl-C or SIGTERM, or until nobody reads what is printed.
pub(super) async fn run(listen: Listen) -> Result<bool, Failure> {
    listen.secrets.check()?;
    let mut names = listen.provider.iter();
    while let Some(name) = names.next() {
        if names.clone().any(|other| other == name) {
            return Err(format!("--provider {name} is given twice: leave one of them out").into());
        }
    }
    for (value, _) in listen.secrets.config()? {
        let takes = |name: &String| provider(name).is_ok_and(|scheme| scheme.takes_config(value));
        if !listen.provider.iter().any(takes) {
            return Err(format!("--config {value}: none of the providers has a use for it").into());
        }
    }
    let forward = or_variable(listen.forward, "HOOKGATE_FORWARD")?;
    let forward = Arc::new(Forward {
        client: reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(listen.forward_timeout))
            .build()?,
        to: forward.map(|url| http_url("--forward", &url)).transpose()?,
    });
    let store = store(or_variable(listen.redis, "HOOKGATE_REDIS")?.as_deref()).await?;
    let printer = Arc::new(Printer::new(listen.json, listen.body_limit));
    let listener = TcpListener::bind(listen.address).await.map_err(|error| {
        format!("{}: {error}. Is something running there? --address chooses another", listen.address)
    })?;
    let base = format!("http://{}", listener.local_addr()?);
    // The slash after a host is the request's.
    let origin = listen.secrets.public_url.as_deref().unwrap_or(&base);
    let origin = origin.strip_suffix('/').unwrap_or(origin).to_owned();
    let room = BodyRoom::new(room(listen.body_limit));
    let (mut app, mut receivers) = (Router::new(), Vec::new());
    for name in &listen.provider {
        let scheme = provider(name)?;
        let secret = listen.secrets.of(name)?;
        let config = listen.secrets.config()?;
        let mut builder = Receiver::builder_for(scheme)
            .secret(secret.clone())
            // Else it would share them with an application of this provider on the same Redis.
            .name(format!("listen-{name}"))
            .store(store.clone())
            .body_limit(listen.body_limit)
            .body_room(room.clone())
            .public_url(origin.clone());
        for (name, value) in config.iter().filter(|(name, _)| scheme.takes_config(name)) {
            builder = builder.config(name, value.as_str());
        }
        let receiver = builder.build().map_err(|error| format!("{name}: {error}"))?;
        let keys = vec![secret.expose().to_owned()];
        let route = Route { printer: Arc::clone(&printer), scheme, keys, config, origin: origin.clone() };
        let handler = any(handle).with_state(Arc::clone(&forward)).layer(WebhookLayer::new(receiver.clone()));
        app = app.route(&format!("/webhooks/{name}"), handler.layer(from_fn_with_state(route, show)));
        receivers.push(receiver);
    }
    for name in &listen.provider {
        tell(format_args!("listening on {base}/webhooks/{name}"));
    }
    let (end, ended) = oneshot::channel::<()>();
    let served = axum::serve(listener, app).with_graceful_shutdown(async {
        let _ = ended.await;
    });
    let served = tokio::spawn(served.into_future());
    tokio::select! {
        () = super::asked_to_end() => {}
        () = printer.unread() => {}
    }
    drop(end);
    tokio::select! {
        () = drained(receivers, served, &printer) => Ok(true),
        () = super::asked_to_end() => {
            tell("ended at once: what was still being handled may be handled again");
            Ok(false)
        }
    }
}

/// Lets what was received be handled, answered and printed.
async fn drained(receivers: Vec<Receiver<Custom>>, served: JoinHandle<io::Result<()>>, printer: &Printer) {
    let mut ending = JoinSet::new();
    for receiver in receivers {
        ending.spawn(async move { Receiver::<Custom>::shutdown(&receiver, GRACE).await });
    }
    let left: usize = ending.join_all().await.into_iter().sum();
    if left > 0 {
        tell(format_args!("{left} events were still being handled, and may be handled again"));
    }
    let _ = timeout(ANSWERS, async { tokio::join!(served, printer.ended()) }).await;
}

async fn store(redis: Option<&str>) -> Result<DynStore, Failure> {
    let Some(url) = redis else { return Ok(DynStore::new(MemoryStore::builder().build()?)) };
    let said = |error: redis::RedisError| {
        format!("no Redis at {}: {error}. Start one, or leave --redis out", shown(url))
    };
    let client = redis::Client::open(url).map_err(said)?;
    let patience = redis::aio::ConnectionManagerConfig::new().set_number_of_retries(1);
    let connection = client.get_connection_manager_with_config(patience).await.map_err(said)?;
    Ok(DynStore::new(RedisStore::new(connection)))
}

/// The handler behind the gate: passes the event on, where that is wanted.
async fn handle(
    State(forward): State<Arc<Forward>>,
    delivery: crate::axum::Delivery,
    request: Request,
) -> Response {
    let answer = match &forward.to {
        None => StatusCode::OK.into_response(),
        Some(url) => match forward.request(url, &delivery, &request).send().await {
            Ok(answer) => answer.status().into_response(),
            Err(error) => {
                tell(format_args!("{}: {}", shown(url.as_str()), explained(error)));
                StatusCode::BAD_GATEWAY.into_response()
            }
        },
    };
    // For the line that is printed.
    let (mut parts, body) = answer.into_parts();
    parts.extensions.insert(delivery);
    Response::from_parts(parts, body)
}

impl Forward {
    /// The event for the application. The query is part of it: some providers have all of an event there.
    fn request(
        &self,
        url: &reqwest::Url,
        delivery: &crate::axum::Delivery,
        request: &Request,
    ) -> reqwest::RequestBuilder {
        let mut url = url.clone();
        if let Some(query) = request.uri().query() {
            let own = url.query().filter(|own| !own.is_empty()).map(|own| format!("{own}&{query}"));
            url.set_query(Some(own.as_deref().unwrap_or(query)));
        }
        let mut forward = self.client.request(request.method().clone(), url);
        if !delivery.body().is_empty() {
            forward = forward.body(delivery.body().clone());
        }
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
            // What no header can hold, such as a line break in an id, is left out: changed, it would be
            // another event's.
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                forward = forward.header(name, value);
            }
        }
        forward
    }
}
