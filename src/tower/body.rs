use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;

/// The body that the inner service gets: the bytes that were verified.
#[derive(Clone, Debug, Default)]
pub struct VerifiedBody(Full<Bytes>);

impl VerifiedBody {
    pub(super) fn new(bytes: Bytes) -> Self {
        Self(Full::new(bytes))
    }
}

impl Body for VerifiedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

pin_project! {
    /// The bytes of a request's body, without its trailers.
    pub(super) struct Chunks<B> {
        #[pin]
        body: B,
    }
}

impl<B> Chunks<B> {
    pub(super) fn new(body: B) -> Self {
        Self { body }
    }
}

impl<B: Body> Stream for Chunks<B> {
    type Item = Result<Bytes, B::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.project().body;
        // A body that says itself that it is over need not be asked for the next frame.
        while !body.is_end_stream() {
            match ready!(body.as_mut().poll_frame(cx)).transpose() {
                Ok(None) => break,
                Ok(Some(frame)) => {
                    if let Ok(mut data) = frame.into_data() {
                        // Copies nothing where the data is `Bytes` already.
                        return Poll::Ready(Some(Ok(data.copy_to_bytes(data.remaining()))));
                    }
                }
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
        Poll::Ready(None)
    }
}

pin_project! {
    /// The body of a response that passed the gate: the inner service's, or none where the gate
    /// answers itself.
    #[derive(Debug)]
    pub struct GateBody<B> {
        #[pin]
        inner: Option<B>,
        text: Bytes,
    }
}

impl<B> GateBody<B> {
    pub(super) fn inner(body: B) -> Self {
        Self { inner: Some(body), text: Bytes::new() }
    }

    /// What the gate itself says: mostly nothing.
    pub(super) fn text(text: Bytes) -> Self {
        Self { inner: None, text }
    }
}

/// Nothing: for layers outside of the gate that answer themselves.
impl<B> Default for GateBody<B> {
    fn default() -> Self {
        Self::text(Bytes::new())
    }
}

impl<B: Body> Body for GateBody<B>
where
    B::Data: From<Bytes>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        match this.inner.as_pin_mut() {
            Some(body) => body.poll_frame(cx),
            None if this.text.is_empty() => Poll::Ready(None),
            None => Poll::Ready(Some(Ok(Frame::data(std::mem::take(this.text).into())))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().map_or(self.text.is_empty(), B::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(self.text.len() as u64), B::size_hint)
    }
}
