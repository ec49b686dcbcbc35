use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::Response;

use super::GateBody;

type Answered<R, E> = Result<Response<GateBody<R>>, E>;

/// The future of a [`WebhookService`](super::WebhookService).
pub struct ResponseFuture<R, E> {
    inner: Pin<Box<dyn Future<Output = Answered<R, E>> + Send>>,
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
