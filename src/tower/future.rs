use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::GateBody;

type Answered<R, E> = Result<Response<GateBody<R>>, E>;
type Passing<R, E> = Pin<Box<dyn Future<Output = Answered<R, E>> + Send>>;

/// The future of a [`WebhookService`](super::WebhookService).
pub struct ResponseFuture<R, E> {
    inner: Passing<R, E>,
}

impl<R, E> ResponseFuture<R, E> {
    pub(super) fn new(future: impl Future<Output = Answered<R, E>> + Send + 'static) -> Self {
        Self { inner: Box::pin(future) }
    }
}

impl<R, E> Future for ResponseFuture<R, E> {
    type Output = Answered<R, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

impl<R, E> fmt::Debug for ResponseFuture<R, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// A call of a service, made at the first poll, so that what watches over this watches over the
    /// call too. An `async fn` would keep the request twice.
    #[project = CallingState]
    pub(super) enum Calling<S, R>
    where
        S: Service<R>,
    {
        Next { call: Option<(S, R)> },
        Made { #[pin] future: S::Future },
    }
}

impl<S: Service<R>, R> Calling<S, R> {
    pub(super) fn new(service: S, request: R) -> Self {
        Self::Next { call: Some((service, request)) }
    }
}

impl<S: Service<R>, R> Future for Calling<S, R> {
    type Output = Result<S::Response, S::Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match self.as_mut().project() {
                CallingState::Made { future } => return future.poll(cx),
                CallingState::Next { call } => match call.take() {
                    Some((mut service, request)) => {
                        let future = service.call(request);
                        self.set(Self::Made { future });
                    }
                    // The call itself panicked.
                    None => return Poll::Pending,
                },
            }
        }
    }
}
