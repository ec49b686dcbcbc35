use std::{
    fmt,
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;

use super::{
    Batch, Cancellation, Delivery, Event, EventRejection, MissingGate,
    rejection::{Mark, Passed},
};
use crate::receiver::proven;

type ErrorHandler = Arc<dyn Fn(EventRejection, &HttpRequest) -> Error + Send + Sync>;

/// How [`Event`] is extracted. Put it into an application's, a scope's or a resource's `app_data`, as
/// it is or in `web::Data`.
///
/// ```
/// use actix_web::{App, HttpResponse, error::InternalError};
/// use hookgate::actix::EventConfig;
///
/// let config = EventConfig::default().error_handler(|rejection, _request| {
///     // The sender sees this; the receiver still settles the event as undecodable.
///     InternalError::from_response(rejection, HttpResponse::BadRequest().finish()).into()
/// });
/// let app = App::new().app_data(config);
/// ```
#[derive(Clone, Default)]
pub struct EventConfig {
    error_handler: Option<ErrorHandler>,
}

impl EventConfig {
    /// What is answered where an event cannot be extracted. Default: the rejection's own status with an
    /// empty body. What becomes of the event is the receiver's
    /// [`on_undecodable`](crate::ReceiverBuilder::on_undecodable), whichever 4xx that is.
    #[must_use]
    pub fn error_handler<F>(mut self, handler: F) -> Self
    where
        F: Fn(EventRejection, &HttpRequest) -> Error + Send + Sync + 'static,
    {
        self.error_handler = Some(Arc::new(handler));
        self
    }

    fn of(request: &HttpRequest) -> Option<&Self> {
        let in_data = || request.app_data::<web::Data<Self>>().map(|data| data.as_ref());
        request.app_data::<Self>().or_else(in_data)
    }
}

impl fmt::Debug for EventConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventConfig").finish_non_exhaustive()
    }
}

/// What the gate's delivery says to this.
fn of_request<T>(
    request: &HttpRequest,
    of: impl FnOnce(&Delivery) -> Option<T>,
) -> Ready<Result<T, MissingGate>> {
    ready(proven(request.extensions().get(), request.path(), of))
}

impl FromRequest for Delivery {
    type Error = MissingGate;
    type Future = Ready<Result<Self, MissingGate>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        of_request(request, |delivery| Some(delivery.clone()))
    }
}

impl FromRequest for Cancellation {
    type Error = MissingGate;
    type Future = Ready<Result<Self, MissingGate>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        of_request(request, Self::of)
    }
}

impl FromRequest for Batch {
    type Error = MissingGate;
    type Future = Ready<Result<Self, MissingGate>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        of_request(request, Self::of)
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Event<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let event = Self::extract(request.extensions().get(), request.path());
        ready(event.map_err(|rejection| {
            match EventConfig::of(request).and_then(|config| config.error_handler.as_ref()) {
                // Another event of the same delivery may have fitted: that this did not is said beside the answer.
                Some(handler) if matches!(rejection, EventRejection::Undecodable(_)) => {
                    let error = handler(rejection, request);
                    let response = error.error_response();
                    Passed::new(error, response, Mark::Undecodable).into()
                }
                Some(handler) => handler(rejection, request),
                None => rejection.into(),
            }
        }))
    }
}
