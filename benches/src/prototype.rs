//! A gate written by hand: the least that verifies, claims and settles. It has no limits against strangers beyond
//! the body's size, keeps no lease alive, catches no panic, forgets nothing and tells nobody what it decided.

use std::{
    collections::{HashMap, hash_map::Entry},
    convert::Infallible,
    mem,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
    response::{IntoResponse, Response},
};
use hookgate::{Clock, SystemClock};
use serde::Deserialize;
use tower::{Layer, Service};

use crate::verify::{self, Floor};

/// A scheme written by hand: whether a delivery is authentic and fresh, and its id.
#[derive(Clone, Copy)]
pub struct Scheme {
    floor: fn() -> Floor,
    verify: fn(&Floor, &verify::Request, hookgate::UnixTime) -> bool,
    id: fn(&verify::Request) -> Option<String>,
}

impl Scheme {
    pub const STANDARD: Self = Self {
        floor: Floor::base64,
        verify: Floor::standard,
        id: |request| Some(request.headers.get("webhook-id")?.to_str().ok()?.to_owned()),
    };
    pub const STRIPE: Self = Self {
        floor: Floor::text,
        verify: Floor::stripe,
        id: |request| {
            #[derive(Deserialize)]
            struct Event {
                id: String,
            }
            serde_json::from_slice(&request.body).ok().map(|event: Event| event.id)
        },
    };
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Running,
    Done,
}

struct Shared {
    scheme: Scheme,
    floor: Floor,
    clock: SystemClock,
    seen: Mutex<HashMap<String, State>>,
}

#[derive(Clone)]
pub struct Prototype(Arc<Shared>);

impl Prototype {
    pub fn new(scheme: Scheme) -> Self {
        let (floor, clock) = ((scheme.floor)(), SystemClock::default());
        Self(Arc::new(Shared { scheme, floor, clock, seen: Mutex::default() }))
    }
}

impl<S> Layer<S> for Prototype {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { shared: Arc::clone(&self.0), inner }
    }
}

#[derive(Clone)]
pub struct Gate<S> {
    shared: Arc<Shared>,
    inner: S,
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let next = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, next);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let Ok(body) = to_bytes(body, 1024 * 1024).await else {
                return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
            };
            let delivery = verify::Request { headers: mem::take(&mut parts.headers), body };
            let Some(now) = shared.clock.now() else {
                return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
            };
            if !(shared.scheme.verify)(&shared.floor, &delivery, now) {
                return Ok(StatusCode::UNAUTHORIZED.into_response());
            }
            let Some(id) = (shared.scheme.id)(&delivery) else {
                return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response());
            };
            match shared.seen.lock().unwrap().entry(id.clone()) {
                Entry::Vacant(place) => place.insert(State::Running),
                Entry::Occupied(state) if *state.get() == State::Done => {
                    return Ok(StatusCode::OK.into_response());
                }
                Entry::Occupied(_) => return Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            };
            parts.headers = delivery.headers;
            let response = inner.call(Request::from_parts(parts, Body::from(delivery.body))).await?;
            let mut seen = shared.seen.lock().unwrap();
            match response.status().is_success() {
                true => seen.insert(id, State::Done),
                false => seen.remove(&id),
            };
            Ok(response)
        })
    }
}
