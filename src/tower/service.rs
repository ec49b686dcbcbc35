use std::{
    borrow::Cow,
    fmt, mem,
    pin::pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Request, Response, request::Parts};
use http_body::Body;
use tower_service::Service;

use super::{GateBody, ResponseFuture, VerifiedBody, body::Chunks, future::Calling};
use crate::{
    headers::Head,
    receiver::{Driven, Permanent, Receiver, Report, Run, Spoken, Undecodable},
};

/// A service behind the gate. Made by [`WebhookLayer`](super::WebhookLayer).
pub struct WebhookService<P, S> {
    receiver: Receiver<P>,
    inner: S,
}

impl<P, S> WebhookService<P, S> {
    /// This service behind a receiver.
    pub fn new(receiver: Receiver<P>, inner: S) -> Self {
        Self { receiver, inner }
    }
}

impl<P, S, B, R> Service<Request<B>> for WebhookService<P, S>
where
    P: 'static,
    S: Service<Request<VerifiedBody>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    R: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Send,
{
    type Response = Response<GateBody<R>>;
    type Error = S::Error;
    type Future = ResponseFuture<R, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The service that was polled ready is the one to call; the clone that stays behind is not.
        let next = self.inner.clone();
        let ready = mem::replace(&mut self.inner, next);
        let (parts, body) = request.into_parts();
        ResponseFuture::new(pass(self.receiver.clone(), ready, parts, Chunks::new(body)))
    }
}

/// One request on its way through the gate.
#[allow(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice")]
fn pass<P, S, C, E, R>(
    receiver: Receiver<P>,
    inner: S,
    parts: Parts,
    chunks: C,
) -> impl Future<Output = Result<Response<GateBody<R>>, S::Error>> + Send + 'static
where
    P: 'static,
    S: Service<Request<VerifiedBody>, Response = Response<R>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
    R: Send + 'static,
    C: Stream<Item = Result<Bytes, E>> + Send + 'static,
    E: Send,
{
    async move {
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let head = Head::new(parts.method.as_str(), target, &parts.headers);
        let run = match receiver.accept(&head, pin!(chunks)).await {
            Ok(run) => run,
            Err(spoken) => return Ok(respond(spoken, parts.headers, parts.extensions)),
        };
        let calling = Calling::new(inner, hand_on(parts, &run));
        let Driven { output, answer } = run.perform(calling, report).await;
        match output {
            Some(handled) => handled.map(|mut response| {
                response.extensions_mut().insert(answer);
                response.map(GateBody::inner)
            }),
            None => Ok(respond(answer.into(), HeaderMap::new(), Extensions::new())),
        }
    }
}

fn hand_on(mut parts: Parts, run: &Run) -> Request<VerifiedBody> {
    let body = VerifiedBody::new(run.delivery().body().clone());
    parts.extensions.insert(run.handed_on());
    Request::from_parts(parts, body)
}

fn report<R, E>(handled: &Result<Response<R>, E>) -> Report {
    match handled {
        Ok(response) => Report {
            permanent: response.extensions().get::<Permanent>().is_some(),
            undecodable: response.extensions().get::<Undecodable>().is_some(),
            ..Report::new(response.status().as_u16())
        },
        Err(_) => Report::new(500),
    }
}

/// The gate's own response: status and headers, and a body only where the provider insists on one. The header
/// fields and extensions of the request make room for its own.
fn respond<R>(spoken: Spoken, mut headers: HeaderMap, mut extensions: Extensions) -> Response<GateBody<R>> {
    let answer = spoken.answer;
    let mut response = Response::new(GateBody::text(spoken.body.clone()));
    *response.status_mut() = http::StatusCode::from_u16(answer.status()).unwrap_or_default();
    headers.clear();
    spoken.each_header(|name, value| {
        let value = match value {
            Cow::Borrowed(literal) => Ok(HeaderValue::from_static(literal)),
            Cow::Owned(text) => HeaderValue::try_from(text),
        };
        if let Ok(value) = value {
            headers.insert(HeaderName::from_static(name), value);
        }
    });
    extensions.clear();
    extensions.insert(answer);
    (*response.headers_mut(), *response.extensions_mut()) = (headers, extensions);
    response
}

impl<P, S: Clone> Clone for WebhookService<P, S> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone(), inner: self.inner.clone() }
    }
}

impl<P, S> fmt::Debug for WebhookService<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookService").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}
