use std::{
    fmt,
    future::{Ready, ready},
    pin::pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::MessageBody,
    dev::{Payload, Service, ServiceRequest, ServiceResponse, Transform},
};

use super::{
    ResponseFuture,
    future::Answered,
    rejection::{Mark, Passed, Refused, respond},
};
use crate::{
    headers::Head,
    receiver::{Driven, Permanent, Receiver, Report, Run, Undecodable},
};

/// Puts a [`Receiver`] around a scope, a resource or an application. See the [module](super).
pub struct Webhook<P> {
    receiver: Receiver<P>,
}

impl<P> Webhook<P> {
    /// A middleware of this receiver.
    pub fn new(receiver: Receiver<P>) -> Self {
        Self { receiver }
    }
}

impl<P, S, B> Transform<S, ServiceRequest> for Webhook<P>
where
    P: 'static,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<actix_web::body::EitherBody<B>>;
    type Error = Error;
    type Transform = WebhookMiddleware<P, S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(WebhookMiddleware { receiver: self.receiver.clone(), service: Rc::new(service) }))
    }
}

/// A service behind the gate. Made by [`Webhook`].
pub struct WebhookMiddleware<P, S> {
    receiver: Receiver<P>,
    service: Rc<S>,
}

impl<P, S, B> Service<ServiceRequest> for WebhookMiddleware<P, S>
where
    P: 'static,
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<actix_web::body::EitherBody<B>>;
    type Error = Error;
    type Future = ResponseFuture<B>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        ResponseFuture::new(pass(self.receiver.clone(), Rc::clone(&self.service), request))
    }
}

async fn pass<P, S, B>(receiver: Receiver<P>, service: Rc<S>, mut request: ServiceRequest) -> Answered<B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    let payload = request.take_payload();
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let head = Head::new(request.method().as_str(), target, request.headers());
    let run = match receiver.accept(&head, pin!(payload)).await {
        Ok(run) => run,
        Err(spoken) => return Ok(request.into_response(respond(spoken)).map_into_right_body()),
    };
    hand_on(&mut request, &run);
    // No clone of the request is kept: routers inside of a scope need to have it for themselves.
    // An error makes its response once: some have no other.
    let calling = async move { service.call(request).await.map_err(|error| (error.error_response(), error)) };
    let Driven { output, answer } = run.perform_here(calling, report).await;
    match output {
        Some(Ok(mut response)) => {
            response.response_mut().extensions_mut().insert(answer);
            Ok(response.map_into_left_body())
        }
        Some(Err((response, error))) => Err(Passed::new(error, response, Mark::Answer(answer)).into()),
        None => Err(Refused(answer).into()),
    }
}

/// Gives the handler what was proven, and the payload back as it came.
fn hand_on(request: &mut ServiceRequest, run: &Run) {
    request.set_payload(Payload::from(run.delivery().body().clone()));
    request.extensions_mut().insert(run.handed_on());
}

fn report<B>(handled: &Result<ServiceResponse<B>, (HttpResponse, Error)>) -> Report {
    match handled {
        Ok(response) => report_of(response.response()),
        // What the sender gets: `status_code` need not say the same.
        Err((response, _)) => report_of(response),
    }
}

fn report_of<B>(response: &HttpResponse<B>) -> Report {
    Report {
        permanent: response.extensions().get::<Permanent>().is_some(),
        undecodable: response.extensions().get::<Undecodable>().is_some(),
        ..Report::new(response.status().as_u16())
    }
}

impl<P> Clone for Webhook<P> {
    fn clone(&self) -> Self {
        Self { receiver: self.receiver.clone() }
    }
}

impl<P> fmt::Debug for Webhook<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("receiver", &self.receiver).finish()
    }
}

impl<P, S> fmt::Debug for WebhookMiddleware<P, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookMiddleware").field("receiver", &self.receiver).finish_non_exhaustive()
    }
}
