use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{Error, body::EitherBody, dev::ServiceResponse};

pub(super) type Answered<B> = Result<ServiceResponse<EitherBody<B>>, Error>;

/// The future of a [`WebhookMiddleware`](super::WebhookMiddleware).
pub struct ResponseFuture<B> {
    inner: Pin<Box<dyn Future<Output = Answered<B>>>>,
}

impl<B> ResponseFuture<B> {
    pub(super) fn new(future: impl Future<Output = Answered<B>> + 'static) -> Self {
        Self { inner: Box::pin(future) }
    }
}

impl<B> Future for ResponseFuture<B> {
    type Output = Answered<B>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

impl<B> fmt::Debug for ResponseFuture<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
