use std::fmt;

use tower_layer::Layer;

use super::WebhookService;
use crate::receiver::Receiver;

/// Puts a [`Receiver`] in front of a service. See the [module](super).
pub struct WebhookLayer<P> {
    receiver: Receiver<P>,
}

impl<P> WebhookLayer<P> {
    /// A layer of this receiver.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver }
    }
}

impl<P, S> Layer<S> for WebhookLayer<P> {
    type Service = WebhookService<P, S>;

    fn layer(&self, inner: S) -> Self::Service {
        WebhookService::new(self.receiver.clone(), inner)
    }
}

impl<P> Clone for WebhookLayer<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone() }
    }
}

impl<P> fmt::Debug for WebhookLayer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookLayer").field("receiver", &self.receiver).finish()
    }
}
