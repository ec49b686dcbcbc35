use std::{cell::RefCell, fmt, mem};

use actix_web::{
    Error, HttpRequest, HttpResponse, Responder, ResponseError,
    body::{BoxBody, MessageBody},
    http::{
        ConnectionType, StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use bytes::Bytes;

use crate::receiver::{Answer, BatchOutcome, Disposition, EventRejection, MissingGate, Spoken, Undecodable};

/// An answer of the gate's own where the request is gone with its handler.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Answer);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the gate answered {}: {}", self.0.status(), self.0.disposition())
    }
}

/// An error from inside of the gate, and what there is to say of it beside its response. Some errors have one response,
/// which was asked for: this has it as often as it is asked, where its body is no stream.
pub(super) struct Passed {
    error: Error,
    mark: Mark,
    next: RefCell<HttpResponse>,
    body: Bytes,
}

/// What stands beside a response.
#[derive(Clone, Copy)]
pub(super) enum Mark {
    /// The gate's answer.
    Answer(Answer),
    Undecodable,
}

impl Mark {
    fn put(self, response: &mut HttpResponse) {
        match self {
            Self::Answer(answer) => drop(response.extensions_mut().insert(answer)),
            Self::Undecodable => drop(response.extensions_mut().insert(Undecodable)),
        }
    }
}

impl Passed {
    pub(super) fn new(error: Error, mut response: HttpResponse, mark: Mark) -> Self {
        mark.put(&mut response);
        let (head, body) = response.into_parts();
        let (next, body) = match body.try_into_bytes() {
            Ok(bytes) => (head.set_body(BoxBody::new(bytes.clone())), bytes),
            Err(stream) => (head.set_body(stream), Bytes::new()),
        };
        Self { error, mark, next: RefCell::new(next), body }
    }
}

impl ResponseError for Passed {
    fn status_code(&self) -> StatusCode {
        self.next.borrow().status()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let next = &mut *self.next.borrow_mut();
        let mut again = HttpResponse::with_body(next.status(), BoxBody::new(self.body.clone()));
        *again.headers_mut() = next.headers().clone();
        again.head_mut().set_connection_type(next.head().connection_type());
        self.mark.put(&mut again);
        mem::replace(next, again)
    }
}

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

macro_rules! answered {
    ($type:ty, $answer:expr) => {
        impl ResponseError for $type {
            fn status_code(&self) -> StatusCode {
                let answer: fn(&Self) -> Answer = $answer;
                status(&answer(self))
            }

            fn error_response(&self) -> HttpResponse<BoxBody> {
                let answer: fn(&Self) -> Answer = $answer;
                respond(answer(self))
            }
        }
    };
}

answered!(Refused, |refused| refused.0);
answered!(MissingGate, |missing| Answer::from(*missing));

impl ResponseError for EventRejection {
    fn status_code(&self) -> StatusCode {
        status(&Answer::from(self))
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        marked(matches!(self, Self::Undecodable(_)), Answer::from(self))
    }
}

fn status(answer: &Answer) -> StatusCode {
    StatusCode::from_u16(answer.status()).unwrap_or_default()
}

/// The gate's own response: status and headers, no body.
pub(super) fn respond(spoken: impl Into<Spoken>) -> HttpResponse<BoxBody> {
    let spoken = spoken.into();
    let answer = spoken.answer;
    let mut response = HttpResponse::with_body(status(&answer), BoxBody::new(spoken.body.clone()));
    if answer.disposition() == Disposition::Rejected {
        // As the server does where it answers before it has read the body: the answer tells nothing of how far that was.
        response.head_mut().set_connection_type(ConnectionType::Close);
    }
    spoken.each_header(|name, value| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    });
    response.extensions_mut().insert(answer);
    response
}

fn marked(undecodable: bool, answer: Answer) -> HttpResponse<BoxBody> {
    let mut response = respond(answer);
    if undecodable {
        response.extensions_mut().insert(Undecodable);
    }
    response
}

impl Responder for BatchOutcome {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        marked(self.undecodable, Answer::from(self))
    }
}
