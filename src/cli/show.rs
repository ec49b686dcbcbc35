//! What `hookgate listen` prints.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;
use tokio::{
    sync::{Notify, Semaphore},
    time::timeout,
};

use super::{
    hints,
    line::{Judged, Line},
};
use crate::{
    clock::{Clock as _, SystemClock, UnixTime},
    delivery::Delivery,
    error::Reason,
    receiver::{Answer, Disposition},
    scheme::Scheme,
};

/// How many requests are read and handled at once.
const REQUESTS: usize = 1024;
/// For a whole body, as the gate has it.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Prints for all providers.
pub(super) struct Printer {
    json: bool,
    body_limit: usize,
    /// How many requests at once.
    most: u32,
    /// Each request has one until its line is printed.
    requests: Arc<Semaphore>,
    unread: Notify,
}

/// So many bytes of bodies may be held at once. Bodies that are as long as they may be must not keep each other out.
pub(super) fn room(body_limit: usize) -> usize {
    body_limit.saturating_mul(4).max(64 * 1024 * 1024)
}

impl Printer {
    pub(super) fn new(json: bool, body_limit: usize) -> Self {
        // Their bodies are read before the gate counts them.
        let most = (room(body_limit) / body_limit.max(1)).min(REQUESTS);
        let requests = Arc::new(Semaphore::new(most));
        Self { json, body_limit, most: most as u32, requests, unread: Notify::new() }
    }

    /// Completes when nobody reads what is printed.
    pub(super) async fn unread(&self) {
        self.unread.notified().await;
    }

    /// Ends with the last of the requests, for good.
    pub(super) async fn ended(&self) {
        if let Ok(all) = self.requests.acquire_many(self.most).await {
            all.forget();
        }
    }

    fn print(&self, text: &str) {
        let mut output = io::stdout().lock();
        let printed = output.write_all(text.as_bytes()).and_then(|()| output.flush());
        if printed.is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            self.unread.notify_one();
        }
    }
}

/// What one provider's requests are shown by.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) printer: Arc<Printer>,
    pub(super) scheme: Scheme,
    pub(super) keys: Vec<String>,
    pub(super) config: Vec<(&'static str, String)>,
    pub(super) origin: String,
}

/// Around the gate: prints what became of each request.
pub(super) async fn show(State(route): State<Route>, request: Request, next: Next) -> Response {
    // On a task of its own, to its end: also what its sender does not wait for is printed.
    let received = tokio::spawn(async move { route.receive(request, next).await });
    received.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

impl Route {
    async fn receive(&self, request: Request, next: Next) -> Response {
        let Ok(_one) = self.printer.requests.acquire().await else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let (parts, body) = request.into_parts();
        let body = match timeout(BODY_DEADLINE, Limited::new(body, self.printer.body_limit).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return self.unread(Reason::BodyTooLarge),
            Ok(Err(_)) => return self.unread(Reason::BodyBroken),
            Err(_) => return self.unread(Reason::BodyTooSlow),
        };
        let line = self.line(&parts, &body);
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        if let Some(answer) = response.extensions().get::<Answer>() {
            let handled = response.extensions().get::<Delivery>().cloned();
            // What did not come to the handler is read once more, to say which event it is of.
            let delivery = handled.or_else(|| match line.judge() {
                Judged::Accepted(delivery) => Some(*delivery),
                _ => None,
            });
            let hints = match answer.disposition() {
                Disposition::Rejected => {
                    Reason::named(answer.why()).map(|why| hints::of(&line, why)).unwrap_or_default()
                }
                _ => Vec::new(),
            };
            self.print(answer, delivery.as_ref(), &hints);
        }
        response
    }

    /// The answer to a request whose body could not be read.
    fn unread(&self, reason: Reason) -> Response {
        let answer = Answer::to_reason(reason, self.scheme.methods);
        let hints = match reason {
            Reason::BodyTooLarge => {
                vec![format!("it is longer than {} bytes: --body-limit allows more", self.printer.body_limit)]
            }
            _ => Vec::new(),
        };
        self.print(&answer, None, &hints);
        let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::BAD_REQUEST);
        (status, [("cache-control", "no-store")]).into_response()
    }

    /// The request, to find out why it was refused.
    fn line(&self, parts: &Parts, body: &Bytes) -> Line {
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

    fn print(&self, answer: &Answer, delivery: Option<&Delivery>, hints: &[String]) {
        let now = SystemClock::default().now().map_or(0, |now| now.as_secs());
        let id = delivery.and_then(|delivery| delivery.id()).map(|id| id.as_str());
        let kind = delivery.and_then(|delivery| delivery.event_type()).map(|kind| kind.as_str());
        let attempt = delivery.and_then(Delivery::attempt);
        if self.printer.json {
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
            return self.printer.print(&format!("{shown}\n"));
        }
        let (hour, minute, second) = (now / 3600 % 24, now / 60 % 60, now % 60);
        let attempt = attempt.map_or_else(String::new, |attempt| format!(" attempt {attempt}"));
        let why = if answer.why().is_empty() { String::new() } else { format!(" ({})", answer.why()) };
        let mut shown = format!(
            "{hour:02}:{minute:02}:{second:02} {} {} {}{attempt} {}{why} {}\n",
            self.scheme.name(),
            kind.map_or_else(|| "-".to_owned(), on_a_line),
            id.map_or_else(|| "-".to_owned(), on_a_line),
            answer.disposition(),
            answer.status(),
        );
        for hint in hints {
            shown.push_str(&format!("         hint: {hint}\n"));
        }
        self.printer.print(&shown);
    }
}

/// Text of a sender's, which must not end the line.
fn on_a_line(text: &str) -> String {
    let mut shown = String::new();
    for mark in text.chars() {
        match mark.is_control() {
            true => shown.extend(mark.escape_default()),
            false => shown.push(mark),
        }
    }
    shown
}
